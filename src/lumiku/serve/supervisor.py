"""Keeps the database, the API and the workers running, and stops them in order."""

import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from lumiku.core.errors import LumikuError
from lumiku.serve.backoff import Backoff
from lumiku.serve.errors import GivenUp
from lumiku.serve.process import Child, Role
from lumiku.serve.signals import Signals, StopRequested

_START_TIMEOUT_S: Final = 60.0  # until a process says that it is ready
_SETTLED_AFTER_S: Final = 20.0  # what ran this long starts with a clean record when it ends
_MOST_FAILURES: Final = 5  # in a row, of a process that never became ready
_MOST_DATABASE_FAILURES: Final = 10
_LOOK_EVERY_S: Final = 1.0
_AT_ONCE: Final = 2  # requests to stop
_KILL_PATIENCE_S: Final = 2.0

_log = structlog.get_logger("lumiku.serve")


class DatabaseServer(Protocol):
    """What the supervisor asks of an embedded PostgreSQL."""

    @property
    def running(self) -> bool: ...  # noqa: D102

    def start(self) -> None: ...  # noqa: D102

    def stop(self) -> None: ...  # noqa: D102


class Supervisor:
    """One loop over signals, reports of children and their ends.

    `run` must be called from the main thread: the kernel ends children with the thread that made them.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        database: DatabaseServer | None,
        listener: socket.socket | None,
        drain_s: float,
        ready: Callable[[], None],
    ) -> None:
        """Start nothing yet.

        Args:
            children: places to fill.
            database: the embedded one, running; none, if somebody else runs it.
            listener: closed when the stop begins, so that nobody new waits for an answer.
            drain_s: what running work may take to end.
            ready: called once, when every child is.
        """
        self._children = children
        self._database = database
        self._listener = listener
        self._drain_s = drain_s
        self._tell_ready: Callable[[], None] | None = ready
        self._database_backoff = Backoff()
        self._database_due = 0.0

    def preload(self) -> None:
        """Start the children, which import what they need meanwhile."""
        for child in self._children:
            child.start(time.monotonic())

    def run(self) -> None:
        """Until a stop is asked for, or a child can never start.

        Raises:
            GivenUp: something failed too often; all else is stopped by then.
        """
        with Signals().received() as signals:
            try:
                for child in self._children:
                    child.go(time.monotonic())
                while not signals.stops:
                    self._look(signals)
            except StopRequested:
                pass
            finally:
                self._stop(signals)

    def kill(self) -> None:
        """End the children at once, as when the start fails."""
        for child in self._children:
            child.send(signal.SIGKILL)
        for child in self._children:
            if child.process is not None:
                child.process.wait()
            child.ended()

    def _look(self, signals: Signals) -> None:
        now = time.monotonic()
        self._look_after_database(signals, now)
        due = [now + _LOOK_EVERY_S]
        for child in self._children:
            self._look_after(child, now)
            if not child.running:
                due.append(child.due)
        if self._tell_ready and all(child.ready for child in self._children):
            self._tell_ready()
            self._tell_ready = None
        signals.wait([each.status for each in self._children if each.status is not None], min(due) - now)

    def _look_after(self, child: Child, now: float) -> None:
        if child.listen_to(now):
            _log.info("ready", process=child.name, pid=child.process.pid if child.process else None)
        if child.running and not child.ready and now - child.since > _START_TIMEOUT_S:
            _log.error("not ready in time, so killed", process=child.name, seconds=_START_TIMEOUT_S)
            child.send(signal.SIGKILL)
            child.since = now
        settled = child.ready and now - child.since > _SETTLED_AFTER_S
        status = child.ended()
        if status is not None:
            if settled:
                child.backoff.forget()
            wait_s = child.backoff.fail()
            child.due = now + wait_s
            _log.error("ended by itself", process=child.name, status=status, again_in_s=round(wait_s, 1))
            self._give_up_on(child)
        if not child.running and now >= child.due:
            self._start(child, now)

    @staticmethod
    def _start(child: Child, now: float) -> None:
        try:
            child.start(now)
        except OSError as error:  # no memory, or too many processes
            child.due = now + child.backoff.fail()
            _log.error("cannot be started now", process=child.name, reason=error.strerror)
        else:
            child.go(now)

    def _give_up_on(self, child: Child) -> None:
        report = child.last_failure
        if not child.ever_ready and (report.final or child.backoff.failures >= _MOST_FAILURES):
            why = report.failure or "it ended without a word; the log may say more"
            raise GivenUp(f"the {child.name} cannot be started: {why}")

    def _look_after_database(self, signals: Signals, now: float) -> None:
        if self._database is None or self._database.running or now < self._database_due:
            return
        _log.error("the database ended by itself; starting it again")
        try:
            with signals.interrupting():
                self._database.start()
        except LumikuError as error:
            self._database_due = now + self._database_backoff.fail()
            _log.error("the database does not start", code=error.code, reason=error.message)
            if self._database_backoff.failures >= _MOST_DATABASE_FAILURES:
                raise GivenUp(f"the database cannot be started: {error.message}") from error
        else:
            self._database_backoff.forget()
            _log.info("the database runs again")

    def _stop(self, signals: Signals) -> None:
        """API first, so that nothing new comes in; then workers; the database last, for both need it."""
        _log.info("stopping", drain_s=self._drain_s)
        begin = time.monotonic()
        if self._listener is not None:
            self._listener.close()
        self._ask("api")
        self._wait(begin + self._drain_s / 2, signals, "api")
        self._ask("worker")  # while what the API still answers, such as a long upload, comes to its end
        self._wait(begin + self._drain_s, signals)
        self._kill()
        if self._database is not None:
            self._database.stop()
        _log.info("stopped", seconds=round(time.monotonic() - begin, 2))

    def _running(self, role: Role | None = None) -> list[Child]:
        """Those that have not ended, of one role or all."""
        wanted = [child for child in self._children if role in {None, child.role}]
        for child in wanted:
            child.ended()
        return [child for child in wanted if child.running]

    def _ask(self, role: Role) -> None:
        for child in self._running(role):
            child.send(signal.SIGTERM)

    def _wait(self, deadline: float, signals: Signals, role: Role | None = None) -> None:
        while self._running(role) and signals.stops < _AT_ONCE and time.monotonic() < deadline:
            signals.wait([], 0.1)

    def _kill(self) -> None:
        late = self._running()
        for child in late:
            _log.error("did not end in time, so killed", process=child.name)
            child.send(signal.SIGKILL)
        for child in late:
            if child.process is not None:
                child.process.wait(_KILL_PATIENCE_S)
            child.ended()
