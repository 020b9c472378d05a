"""Signatures against the Standard Webhooks library, and what a rotation does to secrets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from lumiku.core.secrets import MasterKey, Secrets
from lumiku.webhooks.model import Endpoint
from lumiku.webhooks.sign import OVERLAP, secret_of, sign, signing_secrets

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SERVER = Secrets((MasterKey("a", b"a" * 32),))
ENDPOINT = Endpoint(
    id=UUID(int=1),
    user_id=UUID(int=2),
    url="https://example.com/",
    events=("batch.completed",),
    description="",
    generation=1,
    rotated_at=None,
    failing_since=None,
    disabled_at=None,
    disabled_reason=None,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.mark.parametrize("body", ["{}", '{"name":"Musim panas ☀"}', ""])
def test_the_same_as_the_specifications_own_library(body: str) -> None:
    ours = sign(signing_secrets(SERVER, ENDPOINT, now=NOW), "msg_1", int(NOW.timestamp()), body.encode())
    assert ours == Webhook(secret_of(SERVER, ENDPOINT)).sign("msg_1", NOW, body)


def test_a_secret_is_of_one_endpoint_one_generation_and_one_server() -> None:
    others = [
        secret_of(SERVER, replace(ENDPOINT, id=UUID(int=3))),
        secret_of(SERVER, replace(ENDPOINT, generation=2)),
        secret_of(Secrets((MasterKey("a", b"b" * 32),)), ENDPOINT),
    ]
    assert len({secret_of(SERVER, ENDPOINT), *others}) == 4
    assert secret_of(SERVER, ENDPOINT) == secret_of(SERVER, replace(ENDPOINT, url="https://example.org/"))
    assert all(each.startswith("whsec_") for each in others)


def test_the_secret_before_signs_until_the_overlap_is_over() -> None:
    rotated = replace(ENDPOINT, generation=2, rotated_at=NOW)
    during = signing_secrets(SERVER, rotated, now=NOW + OVERLAP - timedelta(seconds=1))
    assert during == [
        *signing_secrets(SERVER, replace(rotated, rotated_at=None), now=NOW),
        *signing_secrets(SERVER, ENDPOINT, now=NOW),
    ]
    assert signing_secrets(SERVER, rotated, now=NOW + OVERLAP) == during[:1]
