"""Keeps Pillow and the libtiff inside it from printing to the program's standard error."""

import contextlib
import ctypes
import logging
from functools import cache

from PIL import _imaging


@cache
def silence_decoders() -> None:
    """Remove libtiff's printing handlers, once in a process; errors still reach Python as exceptions.

    Pillow has no call for this. Symbols of the libraries that its core links against are found through the
    core itself, except on Windows, where libtiff is linked in and stays as it is. Pillow's log keeps going
    wherever the host program sends it, but no longer to standard error where nobody asked for it.
    """
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    with contextlib.suppress(OSError, AttributeError):
        core = ctypes.CDLL(_imaging.__file__)
        for setter in (core.TIFFSetErrorHandler, core.TIFFSetWarningHandler):
            setter.argtypes = [ctypes.c_void_p]
            setter.restype = ctypes.c_void_p
            setter(None)
