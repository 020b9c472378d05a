"""What can be wrong with a running service: the same questions for readiness, /health and the doctor."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import ClassVar, Final, Literal

from lumiku.core.errors import LumikuError, Unavailable

Status = Literal["ok", "failed"]
Reason = Literal[
    "UNAVAILABLE",
    "TIMEOUT",
    "UNWRITABLE",
    "NO_ROOM",
    "NO_WORKER",
    "NO_WEIGHTS",
    "REVISIONS_PENDING",
    "SCHEMA_DIFFERS",
    "CHECK_BROKE",
]
Facts = Mapping[str, str | int | list[str]]
_TIMEOUT_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result.

    Attributes:
        name: of the check.
        status: whether the service can work as far as this goes.
        message: one line for people; names tables and columns, never addresses, paths or secrets.
        code: SERVICE_UNAVAILABLE, or MIGRATION_PENDING where a migration would mend it.
        reason: what failed, as a stable name, for those who are told in their own language; None: nothing.
        facts: what of the message is no fixed text.
        ms: how long the check took.
    """

    name: str
    status: Status
    message: str
    code: str = "SERVICE_UNAVAILABLE"
    ms: float = 0.0
    reason: Reason | None = None
    facts: Facts = field(default_factory=dict)


class CheckFailed(Unavailable):
    """What a check found wrong, by its kind, with its facts; an instance may be of another kind."""

    kind: ClassVar[Reason] = "UNAVAILABLE"

    def __init__(self, message: str, kind: Reason | None = None, **facts: str | int | list[str]) -> None:
        super().__init__(message)
        self.what: Reason = kind or self.kind
        self.facts: Facts = facts


@dataclass(frozen=True, slots=True)
class Check:
    """A question that is answered with one line, or by raising what is wrong.

    Attributes:
        name: shown with the answer.
        ask: the question.
        fresh_s: how long a good answer is believed.
    """

    name: str
    ask: Callable[[], Awaitable[str]]
    fresh_s: float = 1.0


async def run_check(check: Check) -> Finding:
    """Ask once; what takes too long counts as failed."""
    started = monotonic()
    code = "SERVICE_UNAVAILABLE"
    status: Status = "failed"
    reason: Reason | None = "UNAVAILABLE"
    facts: Facts = {}
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            message = await check.ask()
        status, reason = "ok", None
    except TimeoutError:
        message, reason = "no answer in time", "TIMEOUT"
    except CheckFailed as error:
        message, code, facts = error.message, error.code, error.facts
        reason = error.what
    except LumikuError as error:
        message, code = error.message, error.code
    except Exception as error:  # one that breaks must not hide what the others found
        message = f"the check itself failed ({type(error).__name__})"
        reason, facts = "CHECK_BROKE", {"error": type(error).__name__}
    ms = round((monotonic() - started) * 1000, 2)
    return Finding(check.name, status, message, code, ms, reason, facts)


class Checks:
    """All checks of a process.

    Answers are kept for a moment and askers at the same time share one round, so that nobody can load the
    database by asking for health.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._lock = asyncio.Lock()
        self._known: dict[str, tuple[float, Finding]] = {}

    async def findings(self) -> tuple[Finding, ...]:
        """One finding a check, in their order."""
        async with self._lock:
            stale = [check for check in self._checks if not self._is_fresh(check)]
            for finding in await asyncio.gather(*(run_check(check) for check in stale)):
                self._known[finding.name] = (monotonic(), finding)
            return tuple(self._known[check.name][1] for check in self._checks)

    def _is_fresh(self, check: Check) -> bool:
        asked_at, finding = self._known.get(check.name, (float("-inf"), None))
        if finding is None:
            return False
        return monotonic() - asked_at < (check.fresh_s if finding.status == "ok" else min(check.fresh_s, 1.0))
