"""Signatures after the Standard Webhooks specification 1.0, and the secrets behind them.

An endpoint's secret is stored nowhere: it is made of the server's own secret and the endpoint's id. After a
rotation of the server's, what is sent carries a signature by each secret that may still be in use.
"""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from lumiku.core.secrets import Secrets
from lumiku.webhooks.model import Endpoint

# The secret before goes on signing for so long, so that the receiver can change over without losing anything.
OVERLAP: Final = timedelta(hours=24)


def secret_of(server: Secrets, endpoint: Endpoint) -> str:
    """What the receiver verifies with."""
    return "whsec_" + base64.b64encode(_secrets(server, endpoint, endpoint.generation)[0]).decode()


def signing_secrets(server: Secrets, endpoint: Endpoint, *, now: datetime) -> list[bytes]:
    """Every secret that the receiver may have, the newest first."""
    secrets = _secrets(server, endpoint, endpoint.generation)
    if endpoint.rotated_at is not None and now < endpoint.rotated_at + OVERLAP:
        secrets += _secrets(server, endpoint, endpoint.generation - 1)
    return secrets


def sign(secrets: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: one signature by each secret, with spaces between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret, signed, "sha256") for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def _secrets(server: Secrets, endpoint: Endpoint, generation: int) -> list[bytes]:
    return server.derive(f"webhook/{endpoint.id}/{generation}")
