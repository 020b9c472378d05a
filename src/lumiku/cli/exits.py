"""From what went wrong to the number that the shell sees."""

from typing import Final

from lumiku.core.errors import InternalError, InvalidInput, LumikuError, NotFound, Unavailable

FINE: Final = 0
SOME_FAILED: Final = 1
USAGE: Final = 2
UNAVAILABLE: Final = 3
OUR_FAULT: Final = 4
INTERRUPTED: Final = 130
TERMINATED: Final = 143
BROKEN_PIPE: Final = 141

EXPLAINED = (
    (FINE, "all pictures came out, or had come out before"),
    (SOME_FAILED, "some pictures did not; each is named with its code"),
    (USAGE, "the command makes no sense; nothing was done"),
    (UNAVAILABLE, "a model or runtime is not there or cannot be used"),
    (OUR_FAULT, "a fault of ours"),
    (INTERRUPTED, "Ctrl-C (143: SIGTERM; 141: the reader of our output went away)"),
)

# The first kind that fits counts.
_KINDS: tuple[tuple[type[LumikuError], int], ...] = (
    (InvalidInput, USAGE),
    (NotFound, UNAVAILABLE),
    (Unavailable, UNAVAILABLE),
    (InternalError, OUR_FAULT),
    (LumikuError, SOME_FAILED),
)


def exit_code(error: LumikuError) -> int:
    """The code of a command that ends with this error; one picture among several gives SOME_FAILED."""
    return next(code for kind, code in _KINDS if isinstance(error, kind))
