"""People of a fresh database."""

from collections.abc import Callable

import pytest

from lumiku.accounts.passwords import Passwords
from support.people import SETTINGS, CountedHasher, People


@pytest.fixture
def argon2_runs(monkeypatch: pytest.MonkeyPatch, people: People) -> Callable[[], int]:
    """How often argon2 ran since it was last asked."""
    monkeypatch.setattr("lumiku.accounts.passwords.Argon2Hasher", CountedHasher)
    people.passwords = Passwords(SETTINGS)

    def since_last_asked() -> int:
        runs, CountedHasher.runs = CountedHasher.runs, 0
        return runs

    since_last_asked()
    return since_last_asked
