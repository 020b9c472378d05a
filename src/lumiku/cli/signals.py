"""Ctrl-C and SIGTERM, as one exception that no handler for ordinary errors catches."""

import os
import signal
from types import FrameType

from lumiku.cli.write import remove_temporary_files

_STOPS = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []


class Interrupted(BaseException):
    """The command was told to stop; `signum` says by which signal."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def listen() -> None:
    """Raise Interrupted in the main thread at the first signal; leave at once, clean, at the second."""
    for signum in _STOPS:
        if signal.getsignal(signum) is not signal.SIG_IGN:  # as nohup and `&` in scripts ask for
            signal.signal(signum, _interrupt)


def check() -> None:
    """Raise Interrupted once more where a signal came earlier: Python drops what is raised in a finalizer."""
    if _received:
        raise Interrupted(_received[0])


def _interrupt(signum: int, _frame: FrameType | None) -> None:
    _received.append(signum)
    for each in _STOPS:
        signal.signal(each, _leave)
    raise Interrupted(signum)


def _leave(signum: int, _frame: FrameType | None) -> None:
    remove_temporary_files()
    os._exit(128 + signum)
