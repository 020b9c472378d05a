"""Requests to stop the supervisor, and word of ended children, as something its loop can wait for."""

import os
import select
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopRequested(BaseException):
    """Raised out of something that blocks, where that may be interrupted; no handler of errors catches it."""


class Signals:
    """Counts requests to stop, and wakes `wait`.

    Attributes:
        stops: how often a stop was asked for; the second time means at once.
    """

    def __init__(self) -> None:
        self.stops = 0
        self._may_raise = False
        self._reading, self._writing = os.pipe()
        for descriptor in (self._reading, self._writing):
            os.set_blocking(descriptor, False)

    @contextmanager
    def received(self) -> Iterator["Signals"]:
        """Take signals until the end of the block, and then put back who took them before."""
        before = {sign: signal.getsignal(sign) for sign in (*_STOPS, signal.SIGCHLD)}
        wakeup = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        try:
            for sign in _STOPS:
                if before[sign] is not signal.SIG_IGN:  # as nohup asks for
                    signal.signal(sign, self._stop)
            signal.signal(signal.SIGCHLD, _nothing)  # without a handler nobody is woken
            yield self
        finally:
            signal.set_wakeup_fd(wakeup)
            for sign, handler in before.items():
                signal.signal(sign, handler)
            os.close(self._reading)
            os.close(self._writing)

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """What runs in the block ends with StopRequested when a stop is asked for."""
        self._may_raise = True
        try:
            if self.stops:
                raise StopRequested
            yield
        finally:
            self._may_raise = False

    def wait(self, descriptors: Iterable[int], timeout_s: float) -> None:
        """Until a signal, something to read, or the time has passed."""
        readable, _, _ = select.select([self._reading, *descriptors], [], [], max(0.0, timeout_s))
        if self._reading in readable:
            os.read(self._reading, 4096)

    def _stop(self, _sign: int, _frame: FrameType | None) -> None:
        self.stops += 1
        if self._may_raise:
            self._may_raise = False
            raise StopRequested


def _nothing(_sign: int, _frame: FrameType | None) -> None:
    """The wake-up is all that is wanted."""
