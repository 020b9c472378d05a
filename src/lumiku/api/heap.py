"""Room for large pictures while they are composed, and none of it kept when that is over.

`lumiku serve` has the API's processes give every large block back at once, since the files that come in
would add up otherwise. To compose takes dozens of such blocks, and the system needs as long to hand out and
clear their pages as the work itself does: 412 ms rather than 217 at 12 megapixels.
"""

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_TRIM_THRESHOLD: Final = -1  # mallopt's numbers
_MMAP_THRESHOLD: Final = -3
_LARGEST: Final = 32 << 20  # that glibc takes for blocks in the heap
_KEPT: Final = 512 << 20
_USUAL: Final = 128 << 10
_KEPT_S: Final = 5.0  # somebody who tries colours comes back sooner

Mallopt = Callable[[int, int], object]
Trim = Callable[[int], object]


class Heap:
    """The allocator of this process; does nothing where that is not glibc's, or was not made frugal."""

    def __init__(self, mallopt: Mallopt, trim: Trim, threshold_bytes: int) -> None:
        """Nothing changes yet; `threshold_bytes` is the size from which blocks are given back at once."""
        self._mallopt, self._trim = mallopt, trim
        self._threshold_bytes = threshold_bytes
        self._users = 0
        self._ending: asyncio.TimerHandle | None = None

    @contextmanager
    def roomy(self) -> Iterator[None]:
        """Freed memory is kept for what comes next, until a few seconds after the last has left."""
        if not self._threshold_bytes:
            yield
            return
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        elif not self._users:
            self._mallopt(_MMAP_THRESHOLD, _LARGEST)
            self._mallopt(_TRIM_THRESHOLD, _KEPT)
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._ending = asyncio.get_running_loop().call_later(_KEPT_S, self.give_back)

    def give_back(self) -> None:
        """Be frugal again, and give what is free to the system."""
        self._ending = None
        if not self._threshold_bytes:
            return
        self._mallopt(_MMAP_THRESHOLD, self._threshold_bytes)
        self._mallopt(_TRIM_THRESHOLD, _USUAL)
        self._trim(0)


def open_heap() -> Heap:
    """Of this process."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    mallopt, trim = getattr(libc, "mallopt", None), getattr(libc, "malloc_trim", None)
    if mallopt is None or trim is None:
        return Heap(_nothing, _nothing, 0)
    return Heap(mallopt, trim, int(os.environ.get("MALLOC_MMAP_THRESHOLD_", "0")))


def _nothing(*_: int) -> None:
    pass
