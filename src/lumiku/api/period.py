"""The last days, as administrators ask for them: `30d`, whole days in UTC of which today is the last."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query

Period = Annotated[
    str,
    Query(
        pattern=r"^[1-9][0-9]{0,2}d$",
        description="So many days in UTC, of which today is the last.",
        examples=["30d"],
    ),
]


def days_of(period: str) -> int:
    """How many days."""
    return int(period.removesuffix("d"))


def first_day(days: int, now: datetime) -> datetime:
    """The midnight that begins the first of them."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
