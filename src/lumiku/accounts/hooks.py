"""What others do in the same transaction when something happens to an account."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

MailKind = Literal[
    "password_reset",
    "password_changed",
    "already_registered",
    "address_claimed",
    "address_changing",
    "batch_completed",
    "batch_failed",
    "webhook_disabled",
    "subscription",
]


async def _nothing(_tx: AsyncConnection, _user_id: UUID) -> None:
    """Where nobody else cares."""


async def _no_mail(_tx: AsyncConnection, _kind: MailKind, _user_id: UUID) -> None:
    """Where there is no queue."""


async def _nothing_more(_tx: AsyncConnection, _user_id: UUID) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Hooks:
    """Effects of accounts on what lies beside and above them.

    Attributes:
        registered: opens the credit account and grants the welcome bonus.
        queue_mail: queues a mail by ids alone; the id may be one that nobody has, and then nothing is sent.
            The id of `address_claimed` is the claim's.
        deleting: raises Conflict where the account cannot go yet, such as for open holds.
        export: what other packages keep about the person, by name, as JSON.
        confirms_addresses: an address is proven by a mailed link before an account has it.
    """

    registered: Callable[[AsyncConnection, UUID], Awaitable[None]] = _nothing
    queue_mail: Callable[[AsyncConnection, MailKind, UUID], Awaitable[None]] = _no_mail
    deleting: Callable[[AsyncConnection, UUID], Awaitable[None]] = _nothing
    export: Callable[[AsyncConnection, UUID], Awaitable[Mapping[str, object]]] = _nothing_more
    confirms_addresses: bool = False
