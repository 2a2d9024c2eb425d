"""Which addresses of the network something that a person typed may lead to."""

import ipaddress
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_OF_ONES_OWN = ipaddress.ip_network("64:ff9b:1::/48")
SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # given up long ago, and still used inside
_LOW_BITS = 0xFFFFFFFF


def networks(said: Iterable[str]) -> tuple[Network, ...]:
    """Networks as a setting names them, such as 10.0.0.0/8; ValueError at what is none."""
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in said if one.strip())


def address_of(said: str) -> Address:
    """The address itself, whatever clothes it wears: mapped into the newer protocol, or through NAT64 or 6to4."""
    ip = ipaddress.ip_address(said.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & _LOW_BITS)
    return ip.ipv4_mapped or ip.sixtofour or ip


def is_public(ip: Address) -> bool:
    """Whether it is somebody's on the internet: not loopback, private, link-local, multicast or reserved."""
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip in NAT64_OF_ONES_OWN or ip in SITE_LOCAL:
        return False
    return ip.is_global


def may_reach(ip: Address, allowed: Sequence[Network]) -> bool:
    """Public addresses, and those of the networks that were allowed."""
    return is_public(ip) or is_within(ip, allowed)


def is_within(ip: Address, allowed: Sequence[Network]) -> bool:
    return any(ip in network for network in allowed if network.version == ip.version)
