"""A subscription as a value: what was paid for, and what its owner and the operator decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args
from uuid import UUID

State = Literal["pending_payment", "active", "past_due", "cancelled", "expired"]
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A paid change of a month to a dearer plan.

    Attributes:
        invoice_id: that paid it.
        plan, value_idr: of the month before.
    """

    invoice_id: UUID
    plan: str
    value_idr: int


@dataclass(frozen=True, slots=True)
class Period:
    """A month that was paid for, or given.

    Attributes:
        plan: that it is of, upgrades included.
        starts_at, ends_at: UTC; the end is not part of it.
        value_idr: what a whole month of this plan cost when it was bought.
        invoice_id: that paid it; None where an administrator gave it.
        upgrades: the latest last.
    """

    id: UUID
    plan: str
    starts_at: datetime
    ends_at: datetime
    value_idr: int
    invoice_id: UUID | None = None
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """All that is known of an account's subscription; its state follows from this and the time.

    Attributes:
        plan: the latest that was asked for.
        periods: in order, none overlapping; those that were refunded or taken back are not among them.
        anchor_at: where the present run of months began; their ends have its day and time.
        zone: whose calendar the months are counted in.
        months: how many months after `anchor_at` the last period ends.
        pending_until: the first payment is waited for until then.
        cancelled_at: by its owner, by a refund, or because what was given was taken back.
        next_plan: what the next month will be of, where that is another plan.
        suspended_at: by an administrator; nothing can be used since.
        invoiced_until: the end of the month whose renewal was invoiced last.
        told_state: the state that its owner was last told of.
    """

    id: UUID
    user_id: UUID
    plan: str
    created_at: datetime
    periods: tuple[Period, ...] = ()
    anchor_at: datetime | None = None
    zone: str = "UTC"
    months: int = 0
    pending_until: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    next_plan: str | None = None
    suspended_at: datetime | None = None
    suspend_reason: str = ""
    invoiced_until: datetime | None = None
    told_state: State = "pending_payment"

    @property
    def paid_until(self) -> datetime | None:
        """The end of the last month; None where none was ever paid."""
        return self.periods[-1].ends_at if self.periods else None
