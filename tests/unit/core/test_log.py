"""Secrets do not get into the log, by whatever way; what is no secret does."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from lumiku.core import log
from lumiku.core.settings import LogSettings

PASSWORD = "correct horse battery"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
KEY = "lmk_3q2-7w8d9f0a1b2c3d4e5f6a7b8c9d0e"
RANDOM = "Zm9vYmFyYmF6cXV4MTIzNDU2"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, known = root.handlers[:], root.level, set(log._known)
    yield
    root.handlers[:], log._known = handlers, known
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def written(form: str = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    log.configure(LogSettings.model_validate({"format": form, "level": level}), stream)
    return stream


def say_secrets() -> None:
    """Every way that a secret may take into a line."""
    logger = structlog.get_logger("lumiku.test")
    logger.info("by name", password=PASSWORD, headers={"Authorization": RANDOM, "X-CSRF-Token": RANDOM})
    logger.info("deep", request={"body": [{"new_password": PASSWORD}], "cookies": {"session": RANDOM}})
    logger.info(f"in the text: Bearer {RANDOM} and {JWT}", key=KEY)
    logger.info("in an address", url=f"postgresql://lumiku:{RANDOM}@db/lumiku", link=f"/reset?token={RANDOM}")
    logger.info("a person", who="someone@example.org", email="other@example.org")
    structlog.contextvars.bind_contextvars(session_cookie=RANDOM)
    logging.getLogger("some.library").warning("connecting to %s", f"postgresql://u:{RANDOM}@h/d")
    structlog.contextvars.clear_contextvars()
    log.hide("a-very-odd-value")
    try:
        raise ValueError(f"cannot use {JWT} with a-very-odd-value")
    except ValueError:
        logger.exception("failed")
    logger.info("an object", thing=type("Thing", (), {"__str__": lambda _: f"Thing({KEY})"})())


SECRETS = [PASSWORD, JWT, KEY, RANDOM, "someone@example.org", "other@example.org", "a-very-odd-value"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_written(form: str) -> None:
    stream = written(form)
    say_secrets()
    assert [secret for secret in SECRETS if secret in stream.getvalue()] == []
    assert stream.getvalue().count(log.HIDDEN) >= 12
    assert "ValueError" in stream.getvalue()


def test_without_the_hiding_they_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_SECRET_NAMES", re.compile("(?!)"))
    monkeypatch.setattr(log, "_SECRET_SHAPES", ())
    monkeypatch.setattr(log, "hide", lambda _secret: None)
    stream = written()
    say_secrets()
    assert [secret for secret in SECRETS if secret not in stream.getvalue()] == []


def test_each_line_is_one_json_object_with_what_was_said() -> None:
    stream = written()
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger("lumiku.http").info("request", status=200, ms=1.5, route="/api/jobs/{id}", ok=None)
    logging.getLogger("lumiku.other").error("two\nlines")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "request_id": "r1",
        "status": 200,
        "ms": 1.5,
        "route": "/api/jobs/{id}",
        "ok": None,
        "level": "info",
        "logger": "lumiku.http",
        "message": "request",
    }
    assert second["message"] == "two\nlines"


def test_levels_and_talkative_libraries() -> None:
    stream = written(level="info")
    structlog.get_logger("lumiku").debug("quiet")
    logging.getLogger("procrastinate.worker").info("quiet")
    logging.getLogger("procrastinate.worker").warning("loud")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_auto_is_json_where_nobody_watches() -> None:
    stream = written("auto")
    structlog.get_logger("lumiku").info("hello")
    assert json.loads(stream.getvalue())["message"] == "hello"


def test_short_values_are_not_hidden_for_they_are_words() -> None:
    log.hide("the")
    assert log.without_secrets("the end") == "the end"


def test_what_nests_without_end_ends() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert log.HIDDEN in str(log.without_secrets(loop))
