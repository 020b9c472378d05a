from datetime import UTC, datetime, timedelta

import pytest

from lumiku.core.secrets import MasterKey, Secrets
from lumiku.storage.errors import LinkExpired, LinkInvalid
from lumiku.storage.keys import new_key
from lumiku.storage.signing import check_url, sign_url

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
OLD, NEW = MasterKey("old", b"o" * 32), MasterKey("new", b"n" * 32)
SECRETS = Secrets((OLD,))


def parts(url: str) -> tuple[str, str, int, str]:
    from urllib.parse import parse_qs, unquote, urlsplit

    split = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    key = unquote(split.path).removeprefix("/storage/background-remover/")
    return key, query["filename"], int(query["expires"]), query["signature"]


def signed(lifetime_s: int = 3600) -> tuple[str, str, int, str]:
    return parts(
        sign_url(
            SECRETS, new_key("outputs", "png", NOW), "Katze & Hund ü.png", now=NOW, lifetime_s=lifetime_s
        )
    )


def test_a_link_is_accepted_until_its_time_is_over() -> None:
    key, name, expires, signature = signed()
    assert name == "Katze & Hund ü.png"
    assert 3600 <= expires - NOW.timestamp() <= 7200
    check_url(SECRETS, key, name, expires, signature, now=NOW + timedelta(seconds=3600))
    with pytest.raises(LinkExpired):
        check_url(SECRETS, key, name, expires, signature, now=NOW + timedelta(seconds=7200))


def test_links_of_one_hour_are_the_same() -> None:
    key = new_key("outputs", "png", NOW)
    first, second = (
        sign_url(SECRETS, key, "a.png", now=NOW + timedelta(minutes=m), lifetime_s=3600) for m in (0, 29)
    )
    assert first == second


def test_any_change_is_refused() -> None:
    key, name, expires, signature = signed()
    other = new_key("outputs", "png", NOW)
    flipped = signature[:-1] + ("A" if signature[-1] != "A" else "B")
    for changed in (
        (other, name, expires, signature),
        (key, "b.png", expires, signature),
        (key, name, expires + 1, signature),
        (key, name, expires, flipped),
        (key, name, expires, ""),
        (key, name, expires, "ü"),
    ):
        with pytest.raises(LinkInvalid):
            check_url(SECRETS, *changed, now=NOW)


def test_old_links_outlive_a_rotation_and_foreign_ones_do_not_work() -> None:
    link = signed()
    check_url(Secrets((NEW, OLD)), *link, now=NOW)
    with pytest.raises(LinkInvalid):
        check_url(Secrets((NEW,)), *link, now=NOW)
