"""The log: one structured line an event, as JSON or as text, without secrets whoever writes it."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from lumiku.core.settings import LogSettings

HIDDEN: Final = "[hidden]"

# What is said under such a name is hidden whatever it is ...
_SECRET_NAMES: Final = re.compile(
    r"pass(word|wd|phrase)|secret|token|authori[sz]ation|cookie|csrf|api_?key|credential|private|signature|email",
    re.IGNORECASE,
)
_HARMLESS_NAMES: Final = frozenset({"token_type"})
# ... and what looks like this is hidden wherever it stands, exceptions' texts and stacks too.
_SECRET_SHAPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}",  # a JWT
        r"(?<=[Bb]earer )[^\s\"',]+",
        r"(?<=[Bb]asic )[A-Za-z0-9+/=]{8,}",
        r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)",  # user:password in an address
        r"(?<=token=)[^\s&\"']+",
        r"(?<=password=)[^\s&\"']+",
        r"\$argon2\w*\$[^\s\"']+",
        r"\blmk_[A-Za-z0-9_-]{16,}",  # an API key of ours
        r"[\w.+-]+@[\w-]+(\.[\w-]+)+",  # a person's mail address
    )
)
_MOST_DEPTH: Final = 6
_NOISY: Final = (
    "procrastinate",
    "sqlalchemy",
    "psycopg",
    "alembic",
    "uvicorn",
    "asyncio",
    "httpx",
    "httpcore",
)
_known: set[str] = set()


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Write the log to `stream` (standard error) from now on; also what libraries log by `logging`."""
    output = stream or sys.stderr
    as_json = settings.format == "json" or (settings.format == "auto" and not output.isatty())
    level = getattr(logging, settings.level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.StackInfoRenderer(),
                _hide_secrets,
                structlog.processors.EventRenamer("message") if as_json else _unchanged,
                _json() if as_json else structlog.dev.ConsoleRenderer(colors=output.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _NOISY:  # what they do all day is no news
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)


def hide(secret: str) -> None:
    """From now on, never write this very value, however it gets into a line."""
    if len(secret) >= 6:  # shorter ones would black out words
        _known.add(secret)


def without_secrets(value: Any, name: str = "", depth: int = 0) -> Any:
    """The same value with every secret in it replaced."""
    if isinstance(value, int | float | bool | None) and not isinstance(value, str):
        return value
    if name and _SECRET_NAMES.search(name) and name not in _HARMLESS_NAMES:
        return HIDDEN
    if depth > _MOST_DEPTH:
        return HIDDEN
    if isinstance(value, Mapping):
        return {_text(str(key)): without_secrets(each, str(key), depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_secrets(each, "", depth + 1) for each in value]
    return _text(value if isinstance(value, str) else str(value))


def _text(text: str) -> str:
    for secret in _known:
        text = text.replace(secret, HIDDEN)
    for shape in _SECRET_SHAPES:
        text = shape.sub(HIDDEN, text)
    return text


def _hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: without_secrets(value, name) for name, value in event.items()}


def _unchanged(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return event


def _json() -> Processor:
    return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)
