"""What somebody who runs the server has to look at, from what the server knows anyway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.health.check import Finding
from lumiku.payments.statistics import claimed, undelivered, waiting_by_hand
from lumiku.queue.look import failures
from lumiku.queue.names import AUDIT_LEDGER, SEND_MAIL
from lumiku.removals.statistics import count_our_failures
from lumiku.subscriptions.statistics import suspended_owners
from lumiku.webhooks.statistics import given_up

MatterKind = Literal[
    "check",
    "ledger",
    "undelivered",
    "claimed",
    "waiting",
    "mails",
    "tasks",
    "pictures",
    "deliveries",
    "suspended",
]

_LOOKED_BACK: Final = timedelta(days=3)
_AUDITED_EVERY: Final = timedelta(hours=25)  # nightly; what failed once shows until the next night is good
_BY_HAND: Final = timedelta(hours=6)
_CLAIMED: Final = timedelta(hours=1)
_OWNERS: Final = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to look at.

    Attributes:
        kind: which says what to do.
        count: how many of it there are.
        since: when it began, or when it was last so; None: now.
        about: names of ours: a check with what it found, or tasks.
        check: of a check, the same for programs.
        owners: some of the people whom it is about.
    """

    kind: MatterKind
    count: int
    since: datetime | None = None
    about: str = ""
    owners: tuple[UUID, ...] = ()
    check: Finding | None = None


def unhealthy(findings: Sequence[Finding]) -> list[Matter]:
    """One for each check that failed."""
    return [
        Matter("check", 1, about=f"{each.name}: {each.message}", check=each)
        for each in findings
        if each.status == "failed"
    ]


async def matters(tx: AsyncConnection, now: datetime) -> list[Matter]:
    """Everything else, the gravest first; kinds of which there is nothing are left out."""
    lately = now - _LOOKED_BACK
    found = [*await _tasks(tx, now), *await _payments(tx, now)]
    found.append(Matter("pictures", await count_our_failures(tx, lately)))
    lost = await given_up(tx, lately, _OWNERS)
    found.append(Matter("deliveries", lost.count, lost.since, owners=lost.owners))
    suspended, owners = await suspended_owners(tx, _OWNERS)
    found.append(Matter("suspended", suspended, owners=tuple(owners)))
    return [each for each in found if each.count]


async def _payments(tx: AsyncConnection, now: datetime) -> list[Matter]:
    strange, said = await undelivered(tx), await claimed(tx, now - _CLAIMED)
    waiting = await waiting_by_hand(tx, now - _BY_HAND)
    return [
        Matter("undelivered", strange.count, strange.since),
        Matter("claimed", said.count, said.since),
        Matter("waiting", waiting.count, waiting.since),
    ]


async def _tasks(tx: AsyncConnection, now: datetime) -> list[Matter]:
    """Tasks that are not tried again: the audit of the ledger, mails, and all others together."""
    failed = {each.task: each for each in await failures(tx, now - _LOOKED_BACK)}
    audit, mails = failed.pop(AUDIT_LEDGER.name, None), failed.pop(SEND_MAIL.name, None)
    found = []
    if audit is not None and audit.last_at >= now - _AUDITED_EVERY:
        found.append(Matter("ledger", 1, audit.last_at))
    if mails is not None:
        found.append(Matter("mails", mails.count, mails.last_at))
    if failed:
        last = max(each.last_at for each in failed.values())
        count = sum(each.count for each in failed.values())
        found.append(Matter("tasks", count, last, ", ".join(failed)))
    return found
