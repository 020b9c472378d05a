"""The log of a test, as it would be written."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import structlog

from lumiku.core import log
from lumiku.core.settings import LogSettings


@contextmanager
def logged(settings: LogSettings) -> Iterator[StringIO]:
    """What is written while it lasts; then logging is as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = StringIO()
    try:
        log.configure(settings, stream)
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
