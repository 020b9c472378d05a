"""Rate limits that are exact across processes: one statement on one row, by the database's clock.

The generic cell rate algorithm (ITU-T I.371) keeps one time for each rule and subject: the theoretical
arrival time, up to which the requests let through so far are paid for. A request moves it on by one interval,
and is refused if it would then lie more than a burst of intervals ahead.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import text

from lumiku.core.db import Database

_MAX_KEY_LENGTH = 200

# The row's lock makes requests queue; each sees the time that the one before it left.
_TAKE: Final = """
WITH request AS MATERIALIZED (
    SELECT coalesce(CAST(%(now)s AS timestamptz), clock_timestamp()) AS at,
           CAST(%(step_us)s AS bigint) * interval '1 microsecond' AS step,
           CAST(%(burst_us)s AS bigint) * interval '1 microsecond' AS ahead
), taken AS (
    INSERT INTO rate_limits AS rate (key, theoretical_arrival_at, allowed)
    SELECT CAST(%(key)s AS varchar), at + step, true FROM request
    ON CONFLICT (key) DO UPDATE SET
        allowed = greatest(rate.theoretical_arrival_at, (SELECT at FROM request)) + (SELECT step FROM request)
                  <= (SELECT at + ahead FROM request),
        theoretical_arrival_at = CASE
            WHEN greatest(rate.theoretical_arrival_at, (SELECT at FROM request)) + (SELECT step FROM request)
                 <= (SELECT at + ahead FROM request)
            THEN greatest(rate.theoretical_arrival_at, (SELECT at FROM request)) + (SELECT step FROM request)
            ELSE rate.theoretical_arrival_at END
    RETURNING theoretical_arrival_at, allowed
)
SELECT allowed, CAST(extract(epoch FROM theoretical_arrival_at - at) * 1000000 AS bigint) AS ahead_us
FROM taken CROSS JOIN request
"""

_FORGET = text("DELETE FROM rate_limits WHERE theoretical_arrival_at <= now()")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`per_period` requests every `period_s` seconds in the long run, `burst` of them at once."""

    name: str
    per_period: int
    period_s: int
    burst: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request may pass, and what to tell the one who asked.

    Attributes:
        allowed: it may.
        limit: requests a period in the long run.
        remaining: how many more would pass right now.
        reset_s: seconds until a whole burst would pass again.
        retry_after_s: seconds until the next request would pass; 0 where it would now.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_s: int
    retry_after_s: int


async def take(db: Database, limit: RateLimit, subject: str, *, now: datetime | None = None) -> Decision:
    """Count one request of `subject` (an account or an address) against the rule and decide.

    Args:
        db: where the counts are.
        limit: the rule.
        subject: who asks.
        now: instead of the database's clock, for tests.
    """
    key = f"{limit.name}:{subject}"
    if len(key) > _MAX_KEY_LENGTH:
        key = f"{limit.name}:{sha256(subject.encode()).hexdigest()}"
    step_us = round(limit.period_s * 1_000_000 / limit.per_period)  # the database counts in microseconds
    burst_us = limit.burst * step_us
    row = await db.one(_TAKE, {"key": key, "step_us": step_us, "burst_us": burst_us, "now": now})
    assert row is not None  # noqa: S101  an insert always returns
    ahead_us = max(0, row["ahead_us"])
    return Decision(
        allowed=row["allowed"],
        limit=limit.per_period,
        remaining=max(0, burst_us - ahead_us) // step_us,
        reset_s=_seconds(ahead_us),
        retry_after_s=_seconds(ahead_us + step_us - burst_us),
    )


async def forget_idle(db: Database) -> int:
    """Delete the rows of those who could ask a whole burst again; gives how many."""
    async with db.transaction() as tx:
        return (await tx.execute(_FORGET)).rowcount


def _seconds(microseconds: int) -> int:
    """Whole seconds that are long enough; none for what lies in the past."""
    return max(0, -(-microseconds // 1_000_000))
