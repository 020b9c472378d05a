"""A program that becomes another: takes on an account, ties itself to its parent, then runs the command.

It is run by its path with `python -I -S`, so it imports nothing of Lumiku. Python's own `preexec_fn` could do
the same, but may deadlock in a process with threads. The order matters: the kernel forgets the death signal
when the user changes, so it is asked for last, and a parent that died before is noticed by its number.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
_NOT_STARTED = 126


def launch(parent: int, user: tuple[int, int] | None, death_signal: int, command: list[str]) -> int:
    """Become `command`; returns only when that cannot be done."""
    # Loaded before the user changes: the libraries may lie where only the present user can read.
    libc = ctypes.CDLL(None, use_errno=True)
    if user is not None:
        uid, gid = user
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    if sys.platform == "linux" and libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        sys.stderr.write(f"cannot tie the server to its parent: {os.strerror(ctypes.get_errno())}\n")
        return _NOT_STARTED
    if os.getppid() != parent:
        return _NOT_STARTED
    try:
        os.execv(command[0], command)  # noqa: S606  there is no shell in between
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
    return _NOT_STARTED


if __name__ == "__main__":
    _parent, _uid, _gid, _signal = map(int, sys.argv[1:5])
    sys.exit(launch(_parent, (_uid, _gid) if _uid >= 0 else None, _signal, sys.argv[5:]))
