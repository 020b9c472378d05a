"""Files that appear whole or not at all, with the modification time of the picture they come from."""

import contextlib
import errno
import os
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

from lumiku.cli.errors import writing_failed

_HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
_TEMPORARY = re.compile(r"\.lumiku-([0-9a-f]{8})-(\d+)-\d+\.part", re.ASCII)
_STALE_AFTER_S = 24 * 3600
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}

_numbers = count(1)
_open_files: set[Path] = set()
_swept: set[Path] = set()
_lock = threading.Lock()


def write_file(
    target: Path,
    data: bytes,
    *,
    mtime_ns: int | None = None,
    replace: bool = False,
    before_naming: Callable[[os.stat_result], None] | None = None,
) -> None:
    """Write `data` beside `target` under a hidden name, flush it to the disk, then give it its name.

    Args:
        target: the file; its folders are made.
        data: all of it.
        mtime_ns: modification time to give it; now by default.
        replace: whether a file of that name may go; if not, one that appears meanwhile is safe too.
        before_naming: told of the file when it is whole, just before it gets its name.

    Raises:
        OutputExists: something is there and may not be replaced.
        NoSpace: the disk, a quota or a limit is full.
        NotWritable: any other refusal by the system.
    """
    temporary = target.with_name(f".lumiku-{_HOST}-{os.getpid()}-{next(_numbers)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep_once(target.parent)
        _open_files.add(temporary)
        try:
            _fill(temporary, data, mtime_ns)
            if not replace and os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            if before_naming is not None:
                before_naming(temporary.stat())
            _publish(temporary, target, replace=replace)
        finally:
            temporary.unlink(missing_ok=True)
            _open_files.discard(temporary)
    except OSError as error:
        raise writing_failed(error) from error


def remove_temporary_files() -> None:
    """Delete what this process is writing at this moment; for the moment before it leaves."""
    for path in list(_open_files):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _fill(path: Path, data: bytes, mtime_ns: int | None) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mtime_ns is not None:
        os.utime(path, ns=(time.time_ns(), mtime_ns))


def _publish(temporary: Path, target: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(target)
        return
    try:
        target.hardlink_to(temporary)  # unlike a rename, it fails where the name is taken
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        temporary.replace(target)


def _sweep_once(folder: Path) -> None:
    """Delete what processes that died left here; once a folder and run."""
    with _lock:
        if folder in _swept:
            return
        _swept.add(folder)
    with os.scandir(folder) as entries:
        stale = [Path(entry.path) for entry in entries if _is_stale(entry)]
    for path in stale:
        path.unlink(missing_ok=True)


def _is_stale(entry: os.DirEntry[str]) -> bool:
    match = _TEMPORARY.fullmatch(entry.name)
    if match is None:
        return False
    if match[1] == _HOST:
        return not _is_alive(int(match[2]))
    with contextlib.suppress(OSError):
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_AFTER_S
    return False


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return False  # an open file cannot be deleted there, so what can be is nobody's
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
