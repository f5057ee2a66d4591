"""Where reports may be sent: which URLs, and which addresses of the network.

A subscriber names any host; the name may lead into the network this service stands in, where machines trust
each other. So an address that is not of the public internet is refused unless the operator has listed its
network (WEBHOOK_PRIVATE_ADDRESSES), and the connection is made to the very address that was looked at: asking
the name server a second time could give another answer.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from pharmatrace.kernel.refusal import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 2_000
MOST_TRIED = 3  # addresses of one name
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All of IPv6 that the internet routes (RFC 4291 §2.4); what is_global leaves unsaid is not of it.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")  # RFC 6890 §2.1


class Forbidden(OSError):
    """The address of a receiver is one that nothing is sent to."""


def check_destination(url: str) -> str:
    """`url` as it is kept. Raises `Refused` `destination` unless it is https://host…, without user and
    password, and its host, where it is written as an address, is one that may be sent to. Names are looked
    up when something is sent: what they lead to can change."""
    parts = _parts(url)
    address = literal(parts.hostname or "")
    if parts.scheme == "http" and not _plain_allowed(parts.hostname or "", address):
        raise _wrong("is sent to by https only: reports name packages and parties")
    if address is not None and not is_allowed(address):
        raise _wrong(f"is {address}, which is inside a network that nothing is sent into")
    return url


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST:
        raise _wrong(f"is longer than {LONGEST:,} characters")
    if not url.isascii() or any(one <= " " or one in '\x7f"<>\\^`{|}' for one in url):
        raise _wrong("has a character in it that a URL has not")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError:
        raise _wrong("is no URL") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise _wrong("is a URL such as https://partner.example.org/epcis")
    if "@" in parts.netloc:
        raise _wrong("has a user or password in it; the signature proves who sends")
    if "#" in url:
        raise _wrong("has a fragment (#…), which no server gets to see")
    return parts


def _wrong(what: str) -> Refused:
    return Refused.one("destination", f"dest {what}.", field="dest")


def _plain_allowed(host: str, address: Address | None) -> bool:
    if settings.WEBHOOK_HTTP:
        return True
    return address.is_loopback if address else host == "localhost"


def literal(host: str) -> Address | None:
    """The address that `host` spells, in any spelling the system understands; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001 and 2130706433 are addresses too
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_allowed(address: Address) -> bool:
    """True for addresses of the public internet and of networks the operator has listed."""
    real = carried(address)
    if any(real in one for one in settings.WEBHOOK_PRIVATE_ADDRESSES):
        return True
    unicast = real in _GLOBAL_UNICAST if real.version == 6 else real not in _PROTOCOL_ASSIGNMENTS
    return unicast and real.is_global and not real.is_multicast


def carried(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, 6to4, NAT64); else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return address.ipv4_mapped or address.sixtofour or address
        if address.teredo:
            return address.teredo[1]
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def connect(host: str, port: int, *, plain: bool, timeout: float) -> socket.socket:
    """A connection to `host` at an address that was found to be allowed. `plain`: without TLS.

    Raises Forbidden where it has an address that is not (one is enough: a name that leads both out and in is
    no partner's), OSError where it has none or cannot be reached.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise Forbidden(f"{host!r} is no host name") from error
    fault: OSError = OSError(f"{host} has no address")
    for *_, where in found:
        _check(ipaddress.ip_address(str(where[0]).partition("%")[0]), plain=plain)
    for family, kind, protocol, _, where in found[:MOST_TRIED]:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(where)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError as error:
            connection.close()
            fault = error
    raise fault


def _check(address: Address, *, plain: bool) -> None:
    if not is_allowed(address):
        raise Forbidden("its name leads to an address inside a network that nothing is sent into")
    if plain and not (settings.WEBHOOK_HTTP or carried(address).is_loopback):
        raise Forbidden("it is sent to by https only")
