"""What processing asks of an engine, wherever that runs: an order in, files out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lumiku.core.errors import InternalError, InvalidInput, LimitExceeded, LumikuError


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to cut out.

    Attributes:
        source: the file as it was given.
        tier: of the removal.
        options: fields of the engine's Options by name, but for the tier.
        background: the file of a background image, where the options want one.
        interactive: somebody waits; goes before orders that nobody waits for.
    """

    source: bytes = field(repr=False)
    tier: str
    options: Mapping[str, object]
    background: bytes | None = field(default=None, repr=False)
    interactive: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What came out.

    Attributes:
        result: the file asked for.
        matte: grey PNG of the picture's upright size.
        thumbnail: WebP of the result, 300 pixels at most.
        media_type: of the result.
        extension: of the result, without a dot.
        facts: about how it was made, as kept in the job's `metadata`.
        found: whether there was a subject.
    """

    result: bytes = field(repr=False)
    matte: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    media_type: str
    extension: str
    facts: Mapping[str, object]
    found: bool


class Engine(Protocol):
    """Cuts pictures out, away from the event loop."""

    async def run(self, order: Order) -> Made:
        """Do one.

        Raises:
            OrderFailed: it did not come out.
        """


class OrderFailed(InternalError):
    """The engine gave no result.

    Attributes:
        cause: the stable code of what went wrong.
        passing: another try may succeed.
    """

    def __init__(self, cause: str, message: str, *, passing: bool) -> None:
        super().__init__(message)
        self.cause = cause
        self.passing = passing


def may_pass(error: LumikuError) -> bool:
    """Whether trying again can help: not where the picture or the options are at fault."""
    return not isinstance(error, InvalidInput | LimitExceeded)
