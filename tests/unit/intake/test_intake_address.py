"""What `parse_address` and `check_public` refuse, and what they let through."""

import ipaddress
import socket
import threading

import pytest

from lumiku.intake.address import check_public, is_public, parse_address, resolve
from lumiku.intake.errors import SourceFailed, SourceRefused


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:image/png;base64,AAAA",
        "example.com/a.png",
        "//example.com/a.png",
        "http:///a.png",
        "http://",
        "",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1\\.example.com/",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: inner",
        "http://example.com/\tpath",
        " http://example.com/",
        "http://0x7f000001/",
        "http://0X7F.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://1.2.3.4.5/",
        "http://0x08080808/",
        "http://134744072/",
        "http://256.256.256.256/",
        "http://127.0.0.1.0x1/",
        "http://１２７.0.0.1/",
        "http://ⓛocalhost/",
        "http://[::1/",
        "http://[::ffff:127.0.0.1/",
        "http://[fe80::1%25eth0]:99999/",
        "http://example.com:25/",
        "http://example.com:22/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:port/",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        parse_address(text)
    assert caught.value.code == "SOURCE_REFUSED"
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "host", "address"),
    [
        ("http://example.com", "example.com", "http://example.com"),
        ("HTTPS://Example.COM:443/A?b=c#d", "example.com", "https://example.com/A?b=c"),
        ("http://example.com./a", "example.com", "http://example.com/a"),
        ("http://example.com:8080/a", "example.com", "http://example.com:8080/a"),
        ("http://bücher.de/ä.png", "bücher.de", "http://xn--bcher-kva.de/%C3%A4.png"),
        ("http://8.8.8.8/", "8.8.8.8", "http://8.8.8.8/"),
        ("http://8.8.8.8./", "8.8.8.8", "http://8.8.8.8/"),
        ("http://[2606:4700::1111]:8443/", "2606:4700::1111", "http://[2606:4700::1111]:8443/"),
        ("http://cdn7.example.com/", "cdn7.example.com", "http://cdn7.example.com/"),
    ],
)
def test_accepts(text: str, host: str, address: str) -> None:
    url = parse_address(text)
    assert url.host == host
    assert str(url) == address


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.9.10",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
        ),
        *(
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.254",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
        ),
        *("198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "100::1",
        ),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:100.64.0.1",
            "::127.0.0.1",
        ),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
        *("2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1"),
        *("2001:0:7f00:1:0:0:f5ff:fffe", "2001:0:808:808:0:0:80ff:fffe"),
        *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1"),
    ],
)
def test_refuses_addresses_inside(address: str) -> None:
    inside = ipaddress.ip_address(address)
    assert not is_public(inside)
    with pytest.raises(SourceRefused):
        check_public([ipaddress.ip_address("8.8.8.8"), inside])


@pytest.mark.parametrize(
    "address",
    [
        *(
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.1",
            "192.167.255.255",
            "198.20.0.1",
        ),
        *("2606:4700:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"),
    ],
)
def test_lets_public_addresses_through(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    check_public([ipaddress.ip_address(address)])


def test_a_literal_needs_no_resolver() -> None:
    assert resolve("8.8.8.8", 0.0) == [ipaddress.ip_address("8.8.8.8")]
    assert resolve("::1", 0.0) == [ipaddress.ip_address("::1")]


def test_a_resolver_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: release.wait(30) and [])
    with pytest.raises(SourceFailed, match="in time"):
        resolve("example.com", 0.05)
    release.set()


def test_a_name_that_resolves_to_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: [])
    with pytest.raises(SourceFailed, match="unknown"):
        resolve("example.com", 5)


def test_every_address_of_a_name_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", (text, 0)) for text in ("8.8.8.8", "::1", "8.8.8.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
    assert resolve("example.com", 5) == [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("::1")]
