"""One child process: started, watched, stopped."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from lumiku.core.tied import command_for
from lumiku.serve.backoff import Backoff
from lumiku.serve.status import Report, reports_in

Role = Literal["api", "worker"]

_MODULE = "lumiku.serve.child"


@dataclass
class Child:
    """A place for a process, which successive processes take.

    Attributes:
        role: what it does.
        name: for people.
        environment: that it is given.
        listen: descriptor of the listening socket, for those that answer HTTP.
        process: the one that runs now.
        ready: it does its work.
        ever_ready: some process in this place did.
        last_failure: what the last one said when it failed.
        since: when this one was started or became ready, by the monotonic clock.
        due: when to start the next one, if none runs.
    """

    role: Role
    name: str
    environment: Mapping[str, str]
    listen: int | None = None
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    ever_ready: bool = False
    last_failure: Report = field(default_factory=Report)
    since: float = 0.0
    due: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)
    _status: int | None = None
    _unread: bytes = b""

    @property
    def running(self) -> bool:
        """Whether a process is in this place."""
        return self.process is not None

    @property
    def status(self) -> int | None:
        """The descriptor to watch for what it says."""
        return self._status

    def start(self, now: float) -> None:
        """Start a process; it imports what it needs and then waits for `go`.

        It gets a session of its own, so that Ctrl-C reaches the supervisor alone, which stops all in order.
        """
        reading, writing = os.pipe()
        passed = [writing, *([self.listen] if self.listen is not None else [])]
        arguments = [self.role, str(os.getpid()), *map(str, passed)]
        try:
            self.process = subprocess.Popen(
                [*command_for(os.getpid(), _MODULE), *arguments],
                stdin=subprocess.PIPE,
                env=dict(self.environment),
                pass_fds=passed,
                start_new_session=True,
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        os.set_blocking(reading, False)
        self._status, self._unread = reading, b""
        self.ready, self.last_failure, self.since = False, Report(), now

    def go(self, now: float) -> None:
        """Everything that it stands on is there."""
        self.since = now
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.write(b"\n")
                self.process.stdin.flush()

    def listen_to(self, now: float) -> bool:
        """Take in what it said; gives whether it has become ready."""
        was_ready = self.ready
        data = b""
        while self._status is not None:
            try:
                data = os.read(self._status, 65536)
            except BlockingIOError:
                break
            if not data:
                self._close_status()
                break
            reports, self._unread = reports_in(self._unread + data)
            for report in reports:
                if report.ready:
                    self.ready = self.ever_ready = True
                    self.since = now
                else:
                    self.last_failure = report
        return self.ready and not was_ready

    def ended(self) -> int | None:
        """The exit status of a process that has ended since we last looked; the place is then empty."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        self.listen_to(self.since)
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        self._close_status()
        self.process, self.ready = None, False
        return int(status)

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.process is not None:
            self.process.send_signal(sign)

    def _close_status(self) -> None:
        if self._status is not None:
            os.close(self._status)
            self._status = None
