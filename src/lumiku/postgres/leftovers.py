"""What an owner that was killed may leave behind: a server still stopping, its backends, a pid file.

Only the holder of the lock may call this: then no living owner has anything to do with what is found.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lumiku.postgres.errors import ServerFailed

_PROC: Final = Path("/proc")  # Linux has it
_POLL_S: Final = 0.05
# A server whose owner died was told so by the kernel and needs a moment. One that was not told is asked to
# stop, then told, then ended; its log keeps what was acknowledged in any case.
_STEPS: Final = ((2.0, None), (10.0, signal.SIGINT), (7.0, signal.SIGQUIT), (5.0, signal.SIGKILL))


def clear_leftovers(cluster: Path) -> None:
    """Wait for, or end, every process of a server that nobody owns; remove a pid file that points nowhere.

    PostgreSQL believes a pid file when its number is alive again as any process of the same account, and it
    is alive again in every container, where numbers are small. We know better: no process works in there.

    Raises:
        ServerFailed: a process would not end.
    """
    for patience_s, sign in _STEPS:
        found = members(cluster)
        if not found:
            break
        if sign is not None:
            server = server_pid(cluster)
            # Backends stop by themselves in an orderly stop, so only the server is asked for one.
            told = [server] if sign == signal.SIGINT and server in found else found
            for pid in told:
                _tell(pid, sign)
        if _gone(cluster, patience_s):
            break
    else:
        raise ServerFailed(f"processes {members(cluster)} use {cluster} and do not end; end them")
    server = server_pid(cluster)
    if server is not None and _alive(server):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def server_pid(cluster: Path) -> int | None:
    """The number in the pid file."""
    try:
        return int((cluster / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None


def is_ready(cluster: Path, pid: int) -> bool:
    """Whether the server with this number takes connections, by its pid file's last line."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _gone(cluster: Path, patience_s: float) -> bool:
    end = time.monotonic() + patience_s
    while members(cluster):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_S)
    return True


def members(cluster: Path) -> list[int]:
    """The processes of a server on this folder: they all work in it."""
    if _PROC.is_dir():
        return [pid for pid, folder in _working_folders() if folder == str(cluster)]
    pid = server_pid(cluster)
    return [pid] if pid is not None and _alive(pid) and _is_postgres(pid) else []


def _working_folders() -> Iterator[tuple[int, str]]:
    for entry in os.scandir(_PROC):
        if entry.name.isdecimal():
            try:
                yield int(entry.name), str(Path(entry.path, "cwd").readlink())
            except OSError:
                continue  # it ended meanwhile, or is another account's


def _is_postgres(pid: int) -> bool:
    said = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, check=False).stdout
    return b"postgres" in said


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _tell(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return
