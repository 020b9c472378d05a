"""The table of states and events: what may happen in which state, and which states can follow.

The decision record on subscriptions shows the same table; a test compares the two, and another tries every
cell against the code.
"""

from collections.abc import Mapping
from typing import Final, Literal

from lumiku.subscriptions.errors import NoSubscription, WrongState
from lumiku.subscriptions.model import State

Event = Literal[
    "subscribe",
    "pay",
    "upgrade",
    "pay_upgrade",
    "downgrade",
    "keep_plan",
    "cancel",
    "reactivate",
    "refund",
    "refund_upgrade",
    "grant",
    "revoke",
    "suspend",
    "resume",
    "invoice",
    "time",
]
Before = State | Literal["none"]
Follows = Mapping[Before, tuple[State, ...]]

# A state that is missing refuses the event.
TRANSITIONS: Final[Mapping[Event, Follows]] = {
    "subscribe": {
        "none": ("pending_payment",),
        "pending_payment": ("pending_payment",),
        "active": ("active",),
        "past_due": ("past_due",),
        "cancelled": ("cancelled",),
        "expired": ("pending_payment",),
    },
    "pay": {
        "none": ("active",),
        "pending_payment": ("active",),
        "active": ("active",),
        "past_due": ("active",),
        "cancelled": ("active",),
        "expired": ("active",),
    },
    "upgrade": {"active": ("active",), "cancelled": ("cancelled",)},
    "pay_upgrade": {
        "none": ("expired",),
        "pending_payment": ("pending_payment",),
        "active": ("active",),
        "past_due": ("past_due",),
        "cancelled": ("cancelled",),
        "expired": ("expired",),
    },
    "downgrade": {"active": ("active",)},
    "keep_plan": {"active": ("active",)},
    "cancel": {
        "pending_payment": ("expired",),
        "active": ("cancelled",),
        "past_due": ("expired",),
        "cancelled": ("cancelled",),
    },
    "reactivate": {"active": ("active",), "cancelled": ("active",)},
    "refund": {
        "pending_payment": ("pending_payment",),
        "active": ("active", "expired"),
        "past_due": ("past_due", "expired"),
        "cancelled": ("cancelled", "expired"),
        "expired": ("expired",),
    },
    "refund_upgrade": {
        "pending_payment": ("pending_payment",),
        "active": ("active",),
        "past_due": ("past_due",),
        "cancelled": ("cancelled",),
        "expired": ("expired",),
    },
    "grant": {
        "none": ("active",),
        "pending_payment": ("active",),
        "active": ("active",),
        "past_due": ("active",),
        "cancelled": ("active",),
        "expired": ("active",),
    },
    "revoke": {
        "active": ("active", "expired"),
        "past_due": ("expired",),
        "cancelled": ("cancelled", "expired"),
    },
    "suspend": {
        "pending_payment": ("expired",),
        "active": ("active",),
        "past_due": ("past_due",),
        "cancelled": ("cancelled",),
        "expired": ("expired",),
    },
    "resume": {
        "pending_payment": ("pending_payment",),
        "active": ("active",),
        "past_due": ("past_due",),
        "cancelled": ("cancelled",),
        "expired": ("expired",),
    },
    "invoice": {"active": ("active",)},
    "time": {
        "pending_payment": ("pending_payment", "expired"),
        "active": ("active", "past_due", "expired"),
        "past_due": ("past_due", "expired"),
        "cancelled": ("cancelled", "expired"),
        "expired": ("expired",),
    },
}

_REFUSALS: Final[Mapping[Event, str]] = {
    "upgrade": "a plan can be changed while it is paid for; subscribe to the one you want",
    "downgrade": "a plan can be changed while it is active; reactivate it, or subscribe to the one you want",
    "keep_plan": "a plan can be changed while it is active; reactivate it, or subscribe to the one you want",
    "cancel": "this subscription has ended already",
    "revoke": "nothing of this subscription is left to be taken back",
    "reactivate": "only a cancelled subscription that is paid for still can be reactivated; subscribe again",
}


def check(event: Event, state: Before) -> None:
    """Whether an event may happen in a state.

    Raises:
        NoSubscription: there is none.
        WrongState: it may not.
    """
    if state in TRANSITIONS[event]:
        return
    if state == "none":
        raise NoSubscription
    raise WrongState(_REFUSALS.get(event, f"a subscription that is {state} cannot do that"), status=state)
