"""Which addresses pictures are fetched from: the public internet, and nothing inside a network or machine."""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable
from typing import TypeAlias

import httpx

from lumiku.intake.errors import SourceFailed, SourceRefused

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver: TypeAlias = Callable[[str, float], list[IPAddress]]

# Web servers listen here or on an unprivileged port; below 1024 are mail, file and login services.
_PRIVILEGED_WEB_PORTS = frozenset({80, 443})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
# The URL standard reads a host whose last label looks like this as an IPv4 address (0x7f.1, 017700000001).
_NUMERIC_END = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$", re.IGNORECASE)

_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)
# Refused here whatever this Python version's own table of special addresses says.
_ALSO_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b:1::/48",
        "fec0::/10",
    )
)


def parse_address(text: str) -> httpx.URL:
    """Read an address and refuse all that could be read in two ways.

    Args:
        text: as given by a user or a redirect, absolute.

    Returns:
        The address with an ASCII host without a trailing dot, and without a fragment.

    Raises:
        SourceRefused: not http(s), holds a user name, an odd port, or a host in a disguised notation.
    """
    if _UNSAFE_CHARACTERS.search(text):
        raise SourceRefused("The address holds spaces, backslashes or control characters.")
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii").removesuffix(".")
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise SourceRefused("The address is not a valid URL.") from error
    if url.scheme not in _DEFAULT_PORTS:
        raise SourceRefused("The address must begin with http:// or https://.")
    if url.userinfo:
        raise SourceRefused("The address must not hold a user name or password.")
    if not host:
        raise SourceRefused("The address names no host.")
    if not (_port_of(url) in _PRIVILEGED_WEB_PORTS or 1024 <= _port_of(url) <= 65535):
        raise SourceRefused("The address names a port that is not used for web pages.")
    if _literal(host) is None and (_NUMERIC_END.search(host) or ":" in host):
        raise SourceRefused("The address holds a number where a host's name or a plain IP address belongs.")
    return url.copy_with(host=host, fragment=None)


def _port_of(url: httpx.URL) -> int:
    return url.port if url.port is not None else _DEFAULT_PORTS[url.scheme]


def resolve(host: str, timeout_s: float) -> list[IPAddress]:
    """All addresses of a host, asked of the system's resolver once.

    Raises:
        SourceFailed: the name is unknown, or the resolver does not answer in time.
    """
    if (literal := _literal(host)) is not None:
        return [literal]
    answers: queue.SimpleQueue[list[IPAddress] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # The system's resolver knows no time limit; a thread that outlives ours ends by itself.
    threading.Thread(target=ask, name="lumiku-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty as error:
        raise SourceFailed("The host's name could not be looked up in time.") from error
    if not isinstance(answer, list) or not answer:
        raise SourceFailed("The host's name is unknown.")
    return answer


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def check_public(addresses: list[IPAddress]) -> None:
    """Refuse a host of which any address is not on the public internet.

    Raises:
        SourceRefused: an address is private, loopback, link-local, shared (RFC 6598), multicast, reserved or
            unspecified, or is an IPv6 form that embeds such an IPv4 address.
    """
    if not all(is_public(address) for address in addresses):
        raise SourceRefused("The address leads to a private, local or reserved network.")


def is_public(address: IPAddress) -> bool:
    """Whether an address is an ordinary one on the public internet, by itself and by what it embeds."""
    if isinstance(address, ipaddress.IPv6Address):
        if not all(is_public(inner) for inner in _embedded(address)):
            return False
        if address.ipv4_mapped is not None or address in _NAT64:
            return True
    special = any(address.version == network.version and address in network for network in _ALSO_SPECIAL)
    return (
        address.is_global
        and not special
        and not (
            address.is_multicast
            or address.is_reserved
            or address.is_unspecified
            or address.is_loopback
            or address.is_link_local
        )
    )


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that a translator or tunnel would take out of an IPv6 address."""
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    low = int(address) & 0xFFFFFFFF
    if address in _NAT64 or address in _IPV4_COMPATIBLE or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP_MARKS:
        found.append(ipaddress.IPv4Address(low))
    return [inner for inner in found if inner is not None]
