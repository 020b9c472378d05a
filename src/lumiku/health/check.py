"""What can be wrong with a running service: the same questions for readiness, /health and the doctor."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, Literal

from lumiku.core.errors import LumikuError

Status = Literal["ok", "failed"]
_TIMEOUT_S: Final = 4.0
_FRESH_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result.

    Attributes:
        name: of the check.
        status: whether the service can work as far as this goes.
        message: one line for people; names tables and columns, never addresses, paths or secrets.
        code: SERVICE_UNAVAILABLE, or MIGRATION_PENDING where a migration would mend it.
        ms: how long the check took.
    """

    name: str
    status: Status
    message: str
    code: str = "SERVICE_UNAVAILABLE"
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """A name, and a question that either answers with one line or raises what is wrong."""

    name: str
    ask: Callable[[], Awaitable[str]]


async def run_check(check: Check) -> Finding:
    """Ask once; what takes too long counts as failed."""
    started = monotonic()
    code = "SERVICE_UNAVAILABLE"
    status: Status = "failed"
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            message = await check.ask()
        status = "ok"
    except TimeoutError:
        message = "no answer in time"
    except LumikuError as error:
        message, code = error.message, error.code
    except Exception as error:
        message = f"the check itself failed ({type(error).__name__})"
    return Finding(check.name, status, message, code, round((monotonic() - started) * 1000, 2))


class Checks:
    """All checks of a process. Answers are kept for a second, and askers at the same time share one round.

    So nobody can load the database by asking for health.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._findings: tuple[Finding, ...] = ()

    async def findings(self) -> tuple[Finding, ...]:
        """One finding a check, in their order."""
        async with self._lock:
            if monotonic() - self._asked_at >= _FRESH_S:
                self._findings = tuple(await asyncio.gather(*(run_check(check) for check in self._checks)))
                self._asked_at = monotonic()
            return self._findings
