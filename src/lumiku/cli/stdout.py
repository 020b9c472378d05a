"""Standard output for pictures and JSON, whose reader may go away."""

import contextlib
import os
import sys


class ReaderGone(Exception):
    """Nobody reads standard output any more: the command ends, quietly."""


def write_stdout(data: bytes) -> None:
    """Write and flush.

    Raises:
        ReaderGone: the other end of the pipe is closed.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def forget_stdout() -> None:
    """Send what is still in buffers nowhere, so that the flush at exit does not fail once more."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
