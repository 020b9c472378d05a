"""What counts as a mail address, and when two are the same."""

import pytest

from lumiku.accounts.address import address_hash, mail_address
from lumiku.accounts.errors import BadAddress


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Cat@Example.COM\n", "Cat@example.com"),
        ("cat@bücher.example.com", "cat@xn--bcher-kva.example.com"),
        ("root@localhost", "root@localhost"),
        ("anna@office.local", "anna@office.local"),
        ("anna+lumiku@example.com", "anna+lumiku@example.com"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert mail_address(typed) == address
    assert mail_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "cat",
        "cat@",
        "@example.com",
        "cat@exa\nmple.com",
        "cat@example.com, dog@example.com",
        "Cat <cat@example.com>",
        "kätzchen@example.com",
        "x@setup.invalid",
        "x@open.invalid",
        "x" * 65 + "@example.com",
        "x@" + "y" * 250 + ".com",
    ],
)
def test_what_is_none(typed: str) -> None:
    with pytest.raises(BadAddress):
        mail_address(typed)


def test_case_does_not_make_another_address() -> None:
    assert address_hash("Cat@example.com") == address_hash("cAT@EXAMPLE.com")
    assert address_hash("cat@example.com") != address_hash("cats@example.com")
