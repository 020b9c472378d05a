"""Latency of the HTTP interface at 16 connections, beside a bare FastAPI route in the same run.

python -m benchmarks.http_latency
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from lumiku.accounts.login import Credentials, login
from lumiku.accounts.register import Registration, register
from lumiku.bootstrap import open_services
from lumiku.migrations.run import migrate, role_of
from lumiku.postgres.server import PostgresServer
from lumiku.settings import Settings

_PLENTY = '{"requests": 1000000, "period_s": 1, "burst": 1000000}'
_PASSWORD = "correct horse battery"
_ROWS = (
    ("bare FastAPI route", "bare", "/health/live", None),
    ("GET /health/live", "lumiku", "/health/live", 5.0),
    ("GET /api/auth/profile", "lumiku", "/api/auth/profile", 15.0),
    ("GET /api/credits/balance", "lumiku", "/api/credits/balance", 15.0),
)


async def _token() -> str:
    async with open_services(Settings()) as services:
        wanted = Registration("bench@example.com", _PASSWORD)
        shared = {"passwords": services.passwords, "settings": services.settings.accounts}
        await register(services.db, wanted, hooks=services.hooks, now=services.clock(), **shared)
        begun = await login(
            services.db,
            Credentials("bench@example.com", _PASSWORD),
            secrets=services.secrets,
            now=services.clock(),
            **shared,
        )
        return begun.token


def _server(kind: str, stack: ExitStack) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.http_server", kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdout is not None
    return int(process.stdout.readline())


def _load(port: int, path: str, token: str, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.http_load", str(port), path, "--seconds", str(seconds)]
    done = subprocess.run([*command, "--token", token], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lumiku-bench-", dir="/tmp")))
        data.chmod(0o711)
        os.environ |= {"LUMIKU_SERVER__DATA": str(data), "LUMIKU_HTTP__STATUS_RATE": _PLENTY}
        settings = Settings()
        postgres = PostgresServer(data, settings.postgres)
        postgres.start()
        stack.callback(postgres.stop)
        migrate(postgres.urls.owner, role_of(postgres.urls.app))
        token = asyncio.run(_token())
        ports = {kind: _server(kind, stack) for kind in ("bare", "lumiku")}
        runs: dict[str, list[dict[str, float]]] = {name: [] for name, *_ in _ROWS}
        for number in range(given.rounds + 1):
            for name, kind, path, _ in _ROWS:
                run = _load(ports[kind], path, token, given.seconds if number else 1)
                if number:  # the first round warms up
                    runs[name].append(run)
    middle = {
        name: {key: statistics.median(run[key] for run in found) for key in found[0]}
        for name, found in runs.items()
    }
    bare = middle[_ROWS[0][0]]
    for name, _, _, most in _ROWS:
        row = middle[name]
        print(
            f"{name:26} {row['per_s']:6.0f}/s   p50 {row['p50']:6.2f} ms   p95 {row['p95']:6.2f} ms"
            f"   p99 {row['p99']:6.2f} ms   {row['p95'] / bare['p95']:5.2f} times the bare route's p95"
            + (f"   (p95 at most {most:.0f} ms)" if most else "")
        )


if __name__ == "__main__":
    main()
