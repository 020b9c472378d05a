"""A child process that ends when its parent does, also when that is killed."""

import ctypes
import os
import signal
import sys
import threading
from typing import Final

ORPHANED: Final = 70  # our exit status when the parent was gone
_PR_SET_PDEATHSIG: Final = 1


def die_with_parent(parent: int) -> None:
    """On Linux, have the kernel kill this process when the parent's thread that made it ends.

    That works even if no thread of ours gets to run. What was not committed is rolled back by the database.

    Args:
        parent: its process id, as it told us: asking the system would be too late if it died already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(ORPHANED)


def watch_parent(alive: int) -> None:
    """On any system, end this process when the pipe `alive` ends, which the parent holds open.

    The parent writes nothing more to it, and no other process may hold its writing end.
    """
    threading.Thread(target=_end_at_eof, args=(alive,), name="parent", daemon=True).start()


def _end_at_eof(alive: int) -> None:
    while os.read(alive, 4096):
        pass
    os._exit(ORPHANED)
