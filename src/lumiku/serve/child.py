"""What runs in a child of the supervisor: `python -m lumiku.serve.child ROLE PARENT STATUS [LISTEN]`."""

import asyncio
import os
import sys
from collections.abc import Callable
from importlib import import_module

# ruff: noqa: E402
# structlog and httpx import both for colours, wherever they are installed: 7 MB in every process.
sys.modules.update(rich=None, pygments=None)  # type: ignore[call-overload]

import structlog

from lumiku.core import log
from lumiku.core.errors import InvalidInput, LumikuError
from lumiku.core.parent import die_with_parent, watch_parent
from lumiku.serve.errors import SchemaPending
from lumiku.serve.status import Reporter

FAILED = 1
_STANDARD_INPUT = 0  # the supervisor writes one byte to it, and holds it open for as long as it lives
_ROLES = {"api": "lumiku.serve.api", "worker": "lumiku.serve.work"}

_log = structlog.get_logger("lumiku.serve")


def main(role: str, parent: int, status: int, listen: int | None) -> int:
    """Be the API or a worker until told to stop; gives the exit status."""
    die_with_parent(parent)
    reporter = Reporter(status)
    try:
        return _run(role, reporter, listen)
    except LumikuError as error:
        structlog.get_logger("lumiku.serve").error(
            "cannot go on", role=role, code=error.code, reason=error.message
        )
        reporter.failed(error.message, final=isinstance(error, InvalidInput | SchemaPending))
    except Exception as error:  # the last resort: the supervisor is told, and decides
        _log.exception("cannot go on", role=role)
        reporter.failed(f"a fault of ours ({type(error).__name__})", final=isinstance(error, ImportError))
    return FAILED


def _run(role: str, reporter: Reporter, listen: int | None) -> int:
    from lumiku.settings import Settings  # noqa: PLC0415  reported, if it fails

    settings = Settings()
    log.configure(settings.log)
    run = import_module(_ROLES[role]).run
    if not os.read(_STANDARD_INPUT, 1):  # all is imported; from here on the database is there
        return FAILED
    watch_parent(_STANDARD_INPUT)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(run(settings, reporter.ready, listen))
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop  # noqa: PLC0415  does not exist for Windows

    return uvloop.new_event_loop


if __name__ == "__main__":
    _role, _parent, _status, *_listen = sys.argv[1:]
    sys.exit(main(_role, int(_parent), int(_status), int(_listen[0]) if _listen else None))
