"""What the ledger is made of, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

EntryKind = Literal["bonus", "grant", "purchase", "capture", "refund", "adjust"]
GrantKind = Literal["bonus", "grant", "purchase"]
HoldStatus = Literal["open", "captured", "released"]


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits of an account: `balance` owned, `held` of them reserved for work under way."""

    balance: int
    held: int

    @property
    def available(self) -> int:
        """What new work may reserve."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class Hold:
    """Credits reserved for one piece of work, until it is captured, released or expires."""

    id: UUID
    user_id: UUID
    amount: int
    reference: str
    status: HoldStatus
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, never changed; `amount` is what it does to the balance."""

    id: int
    user_id: UUID
    kind: EntryKind
    amount: int
    balance_after: int
    reference: str
    hold_id: UUID | None
    refunds_entry_id: int | None
    actor_id: UUID | None
    note: str
    created_at: datetime
