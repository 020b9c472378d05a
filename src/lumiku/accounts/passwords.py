"""Passwords: argon2id in a few threads of its own, so that neither the event loop nor the memory suffers."""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from lumiku.accounts.errors import BadPassword, HashingBusy
from lumiku.accounts.settings import AccountsSettings

_MAX_LENGTH: Final = 256
_LANES: Final = 1

Result = TypeVar("Result")


class Passwords:
    """Hashes and verifies; a login costs one argon2 run whether or not there is such an account."""

    def __init__(self, settings: AccountsSettings) -> None:
        """Start no thread yet."""
        self._settings = settings
        self._hash = PasswordHash(
            (
                Argon2Hasher(
                    time_cost=settings.password_rounds,
                    memory_cost=settings.password_memory_kib,
                    parallelism=_LANES,
                ),
            )
        )
        self._threads = ThreadPoolExecutor(settings.password_threads, thread_name_prefix="argon2")
        self._waiting = 0
        # Of the right form and cost, but random: no password has it.
        cost = f"m={settings.password_memory_kib},t={settings.password_rounds},p={_LANES}"
        self._nobody = f"$argon2id$v=19${cost}${_random_base64(16)}${_random_base64(32)}"

    def check(self, password: str, *, email: str) -> str:
        """The password in the form that is hashed.

        Raises:
            BadPassword: too short, too long, or the address itself.
        """
        shortest = self._settings.password_min_length
        if len(password) < shortest:
            raise BadPassword(
                f"a password has at least {shortest} characters",
                field="password",
                reason="PASSWORD_TOO_SHORT",
                shortest=shortest,
            )
        if len(password) > _MAX_LENGTH:
            raise BadPassword(
                f"a password has at most {_MAX_LENGTH} characters",
                field="password",
                reason="PASSWORD_TOO_LONG",
                longest=_MAX_LENGTH,
            )
        if password.lower() in {email.lower(), email.lower().partition("@")[0]}:
            raise BadPassword(
                "the address itself is no password", field="password", reason="PASSWORD_IS_ADDRESS"
            )
        return password

    async def hash(self, password: str) -> str:
        """One argon2 run."""
        return await self._run(lambda: self._hash.hash(_normal(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """One argon2 run, also where there is no hash to compare with."""
        if len(password) > _MAX_LENGTH:
            password, hashed = "", None
        against = self._nobody if hashed is None else hashed
        matches = await self._run(lambda: self._hash.verify(_normal(password), against))
        return matches and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was made at another cost than the settings ask for now."""
        return not hashed.startswith(self._nobody.rpartition("$")[0].rpartition("$")[0])

    def close(self) -> None:
        """Let the threads end; what still waits is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._settings.password_queue:
            raise HashingBusy("too many logins at once; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> bytes:
    """The same bytes, however the keyboard composed the characters."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _random_base64(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
