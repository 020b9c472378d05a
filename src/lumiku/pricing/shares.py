"""How the price of a batch is spread over its pictures."""

from lumiku.core.errors import InvalidInput


def shares(total: int, count: int) -> list[int]:
    """Whole credits for each of `count` equal pictures, summing to `total` exactly.

    By largest remainder: equal pictures have equal remainders, so the first ones carry the odd credits.

    Raises:
        InvalidInput: there are fewer credits than pictures, so that one would be free.
    """
    if count < 1 or total < count:
        raise InvalidInput("each picture needs a share of at least one credit")
    share, odd = divmod(total, count)
    return [share + (position < odd) for position in range(count)]
