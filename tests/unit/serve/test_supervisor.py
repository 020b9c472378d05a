"""When the supervisor starts a process again, and when it gives up; on processes that are only pretended."""

import pytest

from lumiku.serve.errors import GivenUp
from lumiku.serve.process import Child
from lumiku.serve.status import Report
from lumiku.serve.supervisor import Supervisor


class Pretended(Child):
    """Ends as often as it is told to, without ever being a process."""

    def __init__(self, *, becomes_ready: bool = False, report: Report | None = None) -> None:
        super().__init__("api", "API process 1", {})
        self.starts: list[float] = []
        self._becomes_ready = becomes_ready
        self._report = report or Report(failure="no luck")

    @property
    def running(self) -> bool:
        return False

    def start(self, now: float) -> None:
        self.starts.append(now)
        self.last_failure = self._report

    def go(self, now: float) -> None:
        self.since = now
        if self._becomes_ready:
            self.ready = self.ever_ready = True

    def listen_to(self, now: float) -> bool:
        return False

    def ended(self) -> int | None:
        if not self.starts or self.due > self.starts[-1]:
            return None
        self.ready = False
        return 1


def watch(child: Child, seconds: int) -> None:
    supervisor = Supervisor([child], database=None, listener=None, drain_s=1, ready=lambda: None)
    for tenth in range(10 * seconds):
        supervisor._look_after(child, tenth / 10)


def test_one_that_never_starts_is_given_up_with_its_reason() -> None:
    child = Pretended()
    with pytest.raises(GivenUp, match="API process 1 cannot be started: no luck"):
        watch(child, 60)
    assert len(child.starts) == 5


def test_a_hopeless_one_at_once() -> None:
    child = Pretended(report=Report(failure="bad setting", final=True))
    with pytest.raises(GivenUp, match="bad setting"):
        watch(child, 60)
    assert len(child.starts) == 1


def test_one_that_has_worked_before_is_started_for_ever_with_longer_and_longer_waits() -> None:
    child = Pretended(becomes_ready=True)
    watch(child, 300)
    waits = [later - earlier for earlier, later in zip(child.starts, child.starts[1:], strict=False)]
    assert len(waits) > 10
    assert waits[:4] == sorted(waits[:4])
    assert 15 < max(waits) < 25
