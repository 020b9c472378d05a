"""Whose request it is: the address behind those proxies that the settings trust, and behind no others."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from lumiku.core.errors import InvalidInput

Network = IPv4Network | IPv6Network
UNKNOWN: Final = "unknown"
_MOST_HOPS: Final = 20


class TrustedProxies:
    """The networks whose X-Forwarded-For and -Proto are believed; "unix" stands for a Unix socket."""

    def __init__(self, names: Sequence[str]) -> None:
        try:
            self._networks = tuple(ip_network(name, strict=False) for name in names if name != "unix")
        except ValueError as error:
            raise InvalidInput(f"trusted proxies must be addresses, networks or unix: {error}") from error
        self._unix = "unix" in names

    def trusts(self, peer: str | None) -> bool:
        """Whether this neighbour may speak for others."""
        address = _address(peer)
        if address is None:
            return self._unix and not peer
        return any(address in network for network in self._networks if network.version == address.version)

    def client(self, peer: str | None, forwarded_for: Sequence[bytes]) -> str:
        """The address farthest back that trusted proxies vouch for.

        The list is read from its end, where each proxy wrote what it saw itself; what comes before the first
        address that is no trusted proxy is the caller's own invention.
        """
        current = peer
        hops = b",".join(forwarded_for).decode("latin-1").split(",") if forwarded_for else []
        for hop in reversed(hops[-_MOST_HOPS:]):
            if not self.trusts(current):
                break
            address = _address(hop.strip())
            if address is None:
                break
            current = str(address)
        address = _address(current)
        return str(address) if address else UNKNOWN


def limit_subject(address: str) -> str:
    """What a rate limit counts for a stranger: an IPv4 address, or the /64 that one household has."""
    known = _address(address)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False).network_address) + "/64"
    return address


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
