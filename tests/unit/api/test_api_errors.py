"""The envelope and the table of kinds."""

import json

import pytest

from lumiku.accounts.errors import LockedOut, NotAllowed, TokenExpired
from lumiku.api.errors import bare_envelope, envelope, status_of
from lumiku.api.failures import describe_failure
from lumiku.core.db import DatabaseUnavailable
from lumiku.core.errors import InternalError, InvalidInput, LimitExceeded, LumikuError, NotFound
from lumiku.core.idempotency import IdempotencyConflict
from lumiku.credits.errors import InsufficientCredits


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("x"), 400),
        (TokenExpired("x"), 401),
        (InsufficientCredits(8, 3), 402),
        (NotAllowed("x"), 403),
        (NotFound("x"), 404),
        (IdempotencyConflict("x"), 409),
        (LimitExceeded("x"), 413),
        (LockedOut("x", 60), 429),
        (InternalError("x"), 500),
        (LumikuError("x"), 500),
        (DatabaseUnavailable("x"), 503),
    ],
)
def test_kinds_have_a_status(error: LumikuError, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 415, 422, 429, 500, 502, 503])
def test_every_status_has_a_code(status: int) -> None:
    code, body = bare_envelope(status, "some-request")
    error = json.loads(body)["error"]
    assert error == {"code": code, "message": error["message"], "details": {}, "requestId": "some-request"}
    assert error["message"]
    assert (code in {"INTERNAL_ERROR", "SERVICE_UNAVAILABLE"}) == (status >= 500)


def test_any_text_and_any_value_can_be_shown() -> None:
    body = envelope("CODE", "half \ud800 of one", {"a set": {1}, "nul": "\0"}, "id")
    assert json.loads(body)["error"]["details"] == {"a set": "{1}", "nul": "\0"}


def test_a_failure_is_described_by_kinds_and_places_alone() -> None:
    secret = "hunter2"
    try:
        try:
            raise ValueError(secret)
        except ValueError as cause:
            raise DatabaseUnavailable(secret, where=secret) from cause
    except DatabaseUnavailable as error:
        described = describe_failure(error)
    assert described["error"] == ["lumiku.core.db.DatabaseUnavailable", "builtins.ValueError"]
    assert "test_a_failure_is_described" in str(described["at"])
    assert secret not in str(described)
