"""Starting PostgreSQL's programs: with a clean environment, as the right account, tied to our life."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from lumiku.postgres.account import Account
from lumiku.postgres.errors import BinariesMissing, DiskFull, ServerFailed

_LAUNCHER: Final = Path(__file__).with_name("launch.py")
_KEPT: Final = ("PATH", "HOME", "TERM", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "PAGER", "EDITOR")
_LOG_SEGMENT: Final = 2**24  # the least that a server needs to go on
_NO_SPACE: Final = ("No space left on device", "Disk quota exceeded", "File too large")


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Without PGDATA, PGHOST and their like, and in plain English, which we read."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C", **(extra or {})}


def spawn(
    command: Sequence[str | Path],
    account: Account,
    *,
    cwd: Path,
    stderr: int | IO[bytes],
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program as `account`, in its own session; it gets SIGQUIT when the starting thread dies.

    SIGQUIT is PostgreSQL's immediate stop: it takes no checkpoint, so it is bounded in time, and the next
    start recovers everything acknowledged from the log.
    """
    user = (account.uid, account.gid) if account.other else (-1, -1)
    arguments = [os.getpid(), *user, int(signal.SIGQUIT), *command]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_LAUNCHER), *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=clean_environment(environment),
        start_new_session=True,
    )


def run_as(
    command: Sequence[str | Path],
    account: Account,
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run one of PostgreSQL's programs as `account` to its end; gives what it printed.

    Raises:
        DiskFull: it found no room.
        ServerFailed: it failed in another way; the message has its last line.
    """
    process = spawn(
        command,
        account,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        environment=environment,
    )
    try:
        output = process.communicate()[0].decode(errors="replace")
    except BaseException:
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    if process.returncode:
        raise failure(Path(command[0]).name, output, cwd)
    return output


def run_tool(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """Run a client program, such as pg_dump, as ourselves.

    Raises:
        BinariesMissing: it is not there.
        DiskFull: it found no room.
        ServerFailed: it failed in another way; the message has its last line.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=clean_environment(environment),
            check=False,
        )
    except OSError as error:
        raise BinariesMissing(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        raise failure(Path(command[0]).name, done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def failure(program: str, output: str, folder: Path | None = None) -> DiskFull | ServerFailed:
    """What a program's last words mean; a full disk, of which `folder` is, may have left it speechless."""
    crowded = folder is not None and shutil.disk_usage(folder).free < _LOG_SEGMENT
    if crowded or any(sign in output for sign in _NO_SPACE):
        return DiskFull(
            f"the disk is full ({program} found no room); free some space and start again: "
            "everything that was confirmed is kept"
        )
    lines = [line for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error:", "cannot"))]
    return ServerFailed(f"{program} failed: {(telling or lines or ['it said nothing'])[-1].strip()}")
