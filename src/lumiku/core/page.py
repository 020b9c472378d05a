"""Pages of a list: which one is asked for, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lumiku.core.errors import InvalidInput

MAX_LIMIT = 100
_MAX_NUMBER = 1_000_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1; `limit` is how many a page holds, at most 100."""

    number: int = 1
    limit: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _MAX_NUMBER:
            raise InvalidInput(f"page must be between 1 and {_MAX_NUMBER}")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit must be between 1 and {MAX_LIMIT}")

    @property
    def offset(self) -> int:
        """How many items lie before this page."""
        return (self.number - 1) * self.limit


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """One page of items, and how many there are on all pages."""

    items: Sequence[Item]
    total: int
