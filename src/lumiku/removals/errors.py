"""What removals refuse."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from lumiku.core.errors import Conflict, InvalidInput, LimitExceeded, NotFound, TooManyRequests


class QueueFull(TooManyRequests):
    """The account has as much work waiting as it may have."""

    code = "QUEUE_FULL"


class BatchTooLarge(LimitExceeded):
    """More pictures or bytes than a batch may have."""

    code = "BATCH_TOO_LARGE"


class NoSuchJob(NotFound):
    """It never was, is deleted, or is somebody else's; nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("there is no such job")


class NoSuchBatch(NotFound):
    """As `NoSuchJob`."""

    def __init__(self) -> None:
        super().__init__("there is no such batch")


class PriceChanged(Conflict):
    """It costs more by now than was agreed to; `details` has both, and nothing was charged."""

    code = "PRICE_CHANGED"


class WrongState(Conflict):
    """What was asked for cannot be done with a job or batch in its present state."""


class MatteChanged(Conflict):
    """It was edited elsewhere since the edit began that would take its place."""

    code = "MATTE_CHANGED"


@dataclass(frozen=True, slots=True)
class BadItem:
    """One picture of a batch that cannot be taken: its place, from 0, and why."""

    index: int
    name: str
    code: str
    message: str


class InvalidItems(InvalidInput):
    """Some pictures of a batch cannot be taken, so none is; `details["items"]` names each."""

    def __init__(self, items: Sequence[BadItem]) -> None:
        numbers = ", ".join(str(item.index) for item in items[:10])
        more = f" and {len(items) - 10} more" if len(items) > 10 else ""
        super().__init__(
            f"the pictures at {numbers}{more} cannot be taken; nothing was charged",
            items=[asdict(item) for item in items],
        )


class WorkRunning(Conflict):
    """Something of the account waits or runs."""

    code = "WORK_RUNNING"
