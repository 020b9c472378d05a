"""Links to stored files that work for a while, for whoever has them."""

import hashlib
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from itsdangerous import Signer

from lumiku.core.secrets import Secrets
from lumiku.storage.errors import LinkExpired, LinkInvalid
from lumiku.storage.keys import check_key

PREFIX: Final = "/storage/background-remover/"
# Links made within the same hour are the same, so that browsers find the file in their cache.
_ROUNDED_S: Final = 3600


def sign_url(secrets: Secrets, key: str, filename: str, *, now: datetime, lifetime_s: int) -> str:
    """A path with a query that `check_url` accepts for at least `lifetime_s` seconds.

    Args:
        secrets: the server's own; any of its keys verifies, the newest signs.
        key: of the file.
        filename: what a browser saves it as.
        now: aware.
        lifetime_s: seconds.
    """
    expires = -(-(int(now.timestamp()) + lifetime_s) // _ROUNDED_S) * _ROUNDED_S
    signature = _signer(secrets).get_signature(_signed(check_key(key), filename, expires)).decode()
    query = urlencode({"filename": filename, "expires": expires, "signature": signature})
    return f"{PREFIX}{quote(key)}?{query}"


def expiry_of(url: str) -> datetime:
    """When a link of `sign_url` ends."""
    return datetime.fromtimestamp(int(parse_qs(urlsplit(url).query)["expires"][0]), UTC)


def check_url(
    secrets: Secrets, key: str, filename: str, expires: int, signature: str, *, now: datetime
) -> None:
    """Accept what `sign_url` made.

    Raises:
        LinkInvalid: any part was changed, or it was never signed here.
        LinkExpired: its time is over.
    """
    if not _signer(secrets).verify_signature(_signed(key, filename, expires), signature):
        raise LinkInvalid("this link is not valid")
    if now.timestamp() >= expires:
        raise LinkExpired("this link has expired; ask for a new one")


def _signed(key: str, filename: str, expires: int) -> str:
    return f"{key}\n{expires}\n{filename}"


def _signer(secrets: Secrets) -> Signer:
    keys = secrets.derive("storage-links")[::-1]  # it signs with the last one
    return Signer(keys, salt="", key_derivation="none", digest_method=hashlib.sha256)
