"""The server's own secrets: made once in the data folder, readable by nobody else, and rotatable."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lumiku.core.durable import sync
from lumiku.core.errors import Unavailable

FILE_NAME: Final = "secrets.json"
_KEY_BYTES: Final = 32
_KEPT_KEYS: Final = 4


class SecretsUnusable(Unavailable):
    """The secrets' file cannot be read, is damaged, or others may read it."""


@dataclass(frozen=True)
class MasterKey:
    """256 random bits, and the name that tokens carry of it."""

    id: str
    value: bytes = field(repr=False)


@dataclass(frozen=True)
class Secrets:
    """Master keys, newest first: the first one signs, all of them verify."""

    keys: tuple[MasterKey, ...]

    def derive(self, purpose: str) -> list[bytes]:
        """A 256-bit key for this purpose from each master key, newest first; none tells another."""
        return [self.key_for(key, purpose) for key in self.keys]

    @staticmethod
    def key_for(key: MasterKey, purpose: str) -> bytes:
        """What `derive` gives for this one master key."""
        return hmac.digest(key.value, f"lumiku/{purpose}".encode(), "sha256")


def has_secrets(folder: Path) -> bool:
    """Whether this data folder has the file, in whatever state."""
    return os.path.lexists(folder / FILE_NAME)


def load_or_create_secrets(folder: Path) -> Secrets:
    """The secrets of this data folder; twins that start at once agree on one file.

    Raises:
        SecretsUnusable: the file is damaged, unreadable, or open to other users of the machine.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        if not path.exists():
            _write(path, Secrets((_new_key(),)), replace=False)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise SecretsUnusable(f"other users can read {FILE_NAME} in the data folder: chmod 600 it")
        return _parse(path.read_bytes())
    except OSError as error:
        raise SecretsUnusable(f"{FILE_NAME} in the data folder: {error.strerror}") from error


def rotate_secrets(folder: Path) -> Secrets:
    """A new key signs from the next start on; the last three still verify."""
    current = load_or_create_secrets(folder)
    rotated = Secrets((_new_key(), *current.keys)[:_KEPT_KEYS])
    try:
        _write(folder / FILE_NAME, rotated, replace=True)
    except OSError as error:
        raise SecretsUnusable(f"{FILE_NAME} in the data folder: {error.strerror}") from error
    return rotated


def new_token() -> str:
    """256 random bits as text that fits into addresses."""
    return secrets.token_urlsafe(_KEY_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored in place of a 256-bit random token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _new_key() -> MasterKey:
    return MasterKey(secrets.token_hex(4), secrets.token_bytes(_KEY_BYTES))


def _write(path: Path, value: Secrets, *, replace: bool) -> None:
    """Whole or not at all; without `replace`, a file that is there already wins."""
    keys = [{"id": key.id, "key": base64.b64encode(key.value).decode()} for key in value.keys]
    handle, name = tempfile.mkstemp(prefix=f".{FILE_NAME}-", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "w") as file:
            json.dump({"version": 1, "keys": keys}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            with suppress(FileExistsError):
                os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    sync(path.parent)


def _parse(data: bytes) -> Secrets:
    try:
        rows = json.loads(data)["keys"]
        keys = tuple(MasterKey(str(row["id"]), base64.b64decode(row["key"], validate=True)) for row in rows)
    except (ValueError, KeyError, TypeError):
        keys = ()
    if not keys or any(len(key.value) != _KEY_BYTES for key in keys):
        raise SecretsUnusable(f"{FILE_NAME} in the data folder is damaged: restore it from a backup")
    return Secrets(keys)
