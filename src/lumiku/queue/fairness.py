"""Fair turns between accounts: start-time fair queueing, written into the priority of the queue's rows.

Each piece of work gets a start tag in virtual time: the clock's reading, or where the account's last piece
ends if that is later. A piece takes STEP / weight of virtual time. The smallest tag runs first, so accounts
that wait at the same time get turns in proportion to their weights, and a newcomer need not wait until the
backlog of another is done (Goyal, Vin, Cheng: Start-time Fair Queueing, 1996).

The clock is the smallest tag that waits, or, where nothing does, the end of all that was ever queued. So it
needs no row that every submission would have to lock, and the worker need not keep it. Interactive work has a
queue, a clock, tags and a range of priorities of its own, wholly above the other's.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.queue.enqueue import enqueue_many
from lumiku.queue.names import REMOVE, REMOVE_NOW

WEIGHTS: Final[Mapping[str, int]] = {"basic": 1, "standard": 2, "professional": 3, "industry": 4}
STEP: Final = 60  # of virtual time that a piece of weight 1 takes; all weights divide it

# A priority is an int4. Each class has 2**30 of them: interactive work above 0, the rest below, so that the
# other queues' rows (priority 0) are not between. Equal tags are told apart by tier, the best one first.
_TIES: Final = len(WEIGHTS)
_LAST_TAG: Final = 2**30 // _TIES - 1
_TOP: Final = {True: 2**30, False: -1}
_BOTTOM: Final = {klass: top - _TIES * _LAST_TAG - (_TIES - 1) for klass, top in _TOP.items()}

# From here on tags are shifted back to 0, when the hourly task comes by. The other three quarters are room
# for what may come until then.
_SHIFT_FROM: Final = _LAST_TAG // 4

_CLOCK = """
    SELECT coalesce(
        (SELECT (:top - priority) / :ties FROM procrastinate_jobs
         WHERE status = 'todo' AND queue_name = :queue AND priority BETWEEN :bottom AND :top
           AND (scheduled_at IS NULL OR scheduled_at <= now())
         ORDER BY priority DESC, id LIMIT 1),
        (SELECT max(tag) FROM queue_fairness WHERE interactive = :interactive),
        0) AS now
"""

_TAKE = text(f"""
    WITH clock AS ({_CLOCK})
    INSERT INTO queue_fairness AS mine (account_id, interactive, tag)
    SELECT :account_id, :interactive, clock.now + :duration FROM clock
    ON CONFLICT (account_id, interactive)
    DO UPDATE SET tag = greatest(mine.tag, EXCLUDED.tag - :duration) + :duration
    RETURNING tag - :duration
""")  # noqa: S608  no value is in the text

_GIVE_BACK = text("""
    UPDATE queue_fairness SET tag = greatest(tag - :duration, 0)
    WHERE account_id = :account_id AND interactive = :interactive
""")

_NOW = text(_CLOCK)
_SHIFT_JOBS = text("""
    UPDATE procrastinate_jobs SET priority = least(priority + :shift, :top)
    WHERE status IN ('todo', 'doing') AND queue_name = :queue AND priority BETWEEN :bottom AND :top
""")
_FORGET_IDLE = text("DELETE FROM queue_fairness WHERE interactive = :interactive AND tag <= :now")
_SHIFT_TAGS = text("UPDATE queue_fairness SET tag = tag - :now WHERE interactive = :interactive")


async def queue_removals(
    tx: AsyncConnection, account_id: UUID, job_ids: Sequence[UUID], *, interactive: bool, tier: str
) -> list[int]:
    """Queue pictures of one account, each in its turn; gives the jobs' numbers in the queue, in order.

    Args:
        tx: the transaction that also makes or changes their rows.
        account_id: whose turns they take.
        job_ids: of `background_removal_jobs`.
        interactive: somebody waits for each; runs before all that nobody waits for.
        tier: of all of them.
    """
    turns = await priorities(tx, account_id, len(job_ids), interactive=interactive, tier=tier)
    arguments = [{"job_id": str(job_id)} for job_id in job_ids]
    return await enqueue_many(tx, REMOVE_NOW if interactive else REMOVE, arguments, priorities=turns)


async def priorities(
    tx: AsyncConnection, account_id: UUID, count: int, *, interactive: bool, tier: str
) -> list[int]:
    """The priorities of the account's next pieces of work, in order; the higher runs first.

    Args:
        tx: the transaction that queues them.
        account_id: whose turns they take.
        count: how many pieces.
        interactive: somebody waits for it; runs before all that nobody waits for.
        tier: has a weight.
    """
    duration = STEP // WEIGHTS[tier]
    parameters = {
        **_of_class(interactive=interactive),
        "account_id": account_id,
        "duration": count * duration,
    }
    start = int((await tx.execute(_TAKE, parameters)).scalar_one())
    return [
        priority_of(start + number * duration, interactive=interactive, tier=tier) for number in range(count)
    ]


async def give_back(
    tx: AsyncConnection, account_id: UUID, count: int, *, interactive: bool, tier: str
) -> None:
    """Hand back the turns of work that was cancelled before it ran, so that the account is not behind."""
    duration = count * (STEP // WEIGHTS[tier])
    parameters = {"account_id": account_id, "interactive": interactive, "duration": duration}
    await tx.execute(_GIVE_BACK, parameters)


async def shift_clocks(db: Database) -> int:
    """Start virtual time at 0 again where it has come far, keeping the order of all that waits.

    Submissions wait meanwhile; they hold a lock on the table until they commit.

    Returns:
        How many clocks were shifted.
    """
    shifted = 0
    for interactive in (True, False):
        parameters = _of_class(interactive=interactive)
        async with db.transaction() as tx:
            if int((await tx.execute(_NOW, parameters)).scalar_one()) < _SHIFT_FROM:
                continue
            await tx.execute(text("LOCK TABLE queue_fairness IN EXCLUSIVE MODE"))
            now = int((await tx.execute(_NOW, parameters)).scalar_one())
            parameters |= {"now": now, "shift": now * _TIES}
            await tx.execute(_SHIFT_JOBS, parameters)
            await tx.execute(_FORGET_IDLE, parameters)
            await tx.execute(_SHIFT_TAGS, parameters)
            shifted += 1
    return shifted


def priority_of(tag: int, *, interactive: bool, tier: str) -> int:
    """The priority of a start tag; past the end of the range all are alike, and run last."""
    place = _TIES * min(tag, _LAST_TAG) + _TIES - WEIGHTS[tier]
    return _TOP[interactive] - place


def _of_class(*, interactive: bool) -> dict[str, object]:
    return {
        "interactive": interactive,
        "top": _TOP[interactive],
        "bottom": _BOTTOM[interactive],
        "ties": _TIES,
        "queue": (REMOVE_NOW if interactive else REMOVE).queue,
    }
