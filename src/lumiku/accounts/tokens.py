"""Session tokens: JWTs (RFC 7519, HS256) that name a session, whose row says whether it still counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from lumiku.accounts.errors import InvalidToken, TokenExpired
from lumiku.core.secrets import Secrets

_PURPOSE: Final = "session-token"
_ISSUER: Final = "lumiku"
_ALGORITHMS: Final = ["HS256"]
_MAX_LENGTH: Final = 2000


@dataclass(frozen=True)
class Claims:
    """What a token says; true when its signature is ours."""

    user_id: UUID
    session_id: UUID


def sign_token(secrets: Secrets, claims: Claims, *, issued_at: datetime, expires_at: datetime) -> str:
    """A token signed by the newest key, whose id is in its header."""
    newest = secrets.keys[0]
    return jwt.encode(
        {"alg": "HS256", "kid": newest.id},
        {
            "iss": _ISSUER,
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
        },
        OctKey.import_key(secrets.key_for(newest, _PURPOSE)),
        algorithms=_ALGORITHMS,
    )


def read_token(secrets: Secrets, token: str, *, now: datetime) -> Claims:
    """What the token says.

    Raises:
        InvalidToken: not ours, altered, or signed by a key that has been rotated out.
        TokenExpired: ours, and over.
    """
    if len(token) > _MAX_LENGTH:
        raise InvalidToken("the token is not one of ours")
    keys = {key.id: key for key in secrets.keys}

    def key_of(unverified: Any) -> OctKey:
        key = keys.get(str(unverified.headers().get("kid")))
        if key is None:
            raise InvalidToken("the token is not one of ours")
        return OctKey.import_key(secrets.key_for(key, _PURPOSE))

    try:
        claims = jwt.decode(token, key_of, algorithms=_ALGORITHMS).claims
        if claims["iss"] != _ISSUER:
            raise InvalidToken("the token is not one of ours")
        read = Claims(user_id=UUID(claims["sub"]), session_id=UUID(claims["sid"]))
        expires_at = int(claims["exp"])
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidToken("the token is not one of ours") from error
    if now.timestamp() >= expires_at:
        raise TokenExpired("the session has ended; log in again")
    return read
