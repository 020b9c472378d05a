"""Says in the log what failed, by kinds and places alone: texts of exceptions may hold secrets."""

from traceback import walk_tb
from typing import Final

_MOST_FRAMES: Final = 30
_FRAMEWORK: Final = ("starlette.", "fastapi.")  # the same frames in every failure


def describe_failure(error: BaseException) -> dict[str, object]:
    """The chain of exception classes, outermost first, and where the innermost one came from.

    Neither messages nor lines of code nor values: a driver's message may hold a query with its parameters,
    another one a token.
    """
    chain = [error]
    while (cause := chain[-1].__cause__ or _context(chain[-1])) is not None and cause not in chain:
        chain.append(cause)
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(chain[-1].__traceback__)
        if not str(frame.f_globals.get("__name__")).startswith(_FRAMEWORK)
    ]
    return {
        "error": [f"{type(link).__module__}.{type(link).__qualname__}" for link in chain],
        "at": frames[-_MOST_FRAMES:],
    }


def _context(error: BaseException) -> BaseException | None:
    return None if error.__suppress_context__ else error.__context__
