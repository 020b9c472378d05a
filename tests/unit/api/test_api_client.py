"""Whose address counts behind proxies, and behind what only claims to be one."""

import pytest

from lumiku.api.client import TrustedProxies, limit_subject
from lumiku.core.errors import InvalidInput

TWO_PROXIES = TrustedProxies(("10.0.0.0/8", "2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.9", [], "192.0.2.9"),
        ("192.0.2.9", [b"203.0.113.1"], "192.0.2.9"),  # a stranger's claim
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [b"203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", [b"6.6.6.6, 203.0.113.1"], "203.0.113.1"),  # the first one was invented
        ("10.0.0.1", [b"6.6.6.6, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", [b"6.6.6.6", b"203.0.113.1"], "203.0.113.1"),  # two headers are one list
        ("10.0.0.1", [b"garbage"], "10.0.0.1"),
        ("10.0.0.1", [b"6.6.6.6, garbage"], "10.0.0.1"),
        ("10.0.0.1", [b"\xff"], "10.0.0.1"),
        ("2001:db8:1::5", [b"2001:db8:ffff::1"], "2001:db8:ffff::1"),
        ("::ffff:10.0.0.1", [b"203.0.113.1"], "203.0.113.1"),
        (None, [b"203.0.113.1"], "unknown"),
        ("", [], "unknown"),
    ],
)
def test_the_farthest_address_that_is_vouched_for(
    peer: str | None, forwarded: list[bytes], client: str
) -> None:
    assert TWO_PROXIES.client(peer, forwarded) == client


def test_a_unix_socket_is_trusted_where_the_settings_say_so() -> None:
    assert TrustedProxies(("unix",)).client(None, [b"203.0.113.1"]) == "203.0.113.1"
    assert TrustedProxies(("unix",)).client("192.0.2.9", [b"203.0.113.1"]) == "192.0.2.9"


def test_a_long_list_costs_no_more_than_a_short_one() -> None:
    hops = ", ".join(["10.0.0.2"] * 1000).encode()
    assert TWO_PROXIES.client("10.0.0.1", [b"203.0.113.1, " + hops]) == "10.0.0.2"


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInput, match="trusted proxies"):
        TrustedProxies(("proxy.example",))


def test_a_household_is_one_subject() -> None:
    assert limit_subject("2001:db8:1:2:aaaa::1") == limit_subject("2001:db8:1:2:bbbb::2")
    assert limit_subject("2001:db8:1:2::1") != limit_subject("2001:db8:1:3::1")
    assert limit_subject("203.0.113.1") != limit_subject("203.0.113.2")
