"""The key of a batch's archive, which is made while it is read, so that no file stands behind it."""

import base64
import hmac
from datetime import datetime
from uuid import UUID

from lumiku.core.secrets import Secrets
from lumiku.storage.errors import FileMissing


def archive_key(batch_id: UUID, created_at: datetime, secrets: Secrets) -> str:
    """A key as files have; nobody else can make it up."""
    proof = _proofs(batch_id, secrets)[0]
    name = base64.urlsafe_b64encode(batch_id.bytes + proof).decode().rstrip("=")
    return f"zips/{created_at:%Y/%m/%d}/{name}.zip"


def batch_of_key(key: str, secrets: Secrets) -> UUID:
    """The batch of such a key.

    Raises:
        FileMissing: it is not one that we gave out.
    """
    name, _, extension = key.rpartition("/")[2].partition(".")
    if extension != "zip":
        raise FileMissing("nothing is stored here")
    raw = base64.urlsafe_b64decode(f"{name}=")
    batch_id = UUID(bytes=raw[:16])
    if not any(hmac.compare_digest(raw[16:], proof) for proof in _proofs(batch_id, secrets)):
        raise FileMissing("nothing is stored here")
    return batch_id


def _proofs(batch_id: UUID, secrets: Secrets) -> list[bytes]:
    return [hmac.digest(key, batch_id.bytes, "sha256")[:16] for key in secrets.derive("archives")]
