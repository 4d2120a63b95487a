"""The address guard: which addresses may be connected to, and what a name resolves to.

A name is resolved once, by us; all of its addresses must be allowed; the connection is then made to just these (the
engine is handed the answer, see ``engine.py``), and the address at its other end is looked at once more. A second
answer of the name server, a redirect or an odd spelling of an address therefore changes nothing.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from skitter.errors import Blocked
from skitter.fetch.faults import dns_error
from skitter.fetch.keyed_lock import KeyedLock

IPAddress = IPv4Address | IPv6Address
IsAllowed = Callable[[IPAddress], bool]

_MOST_NAMES = 10_000
_NEGATIVE_TTL_S = 10.0
_TEMPORARY_TTL_S = 1.0
_RESOLVER_THREADS = 16

# Not public by the registries of IANA: "IPv4 Special-Purpose Address Space" (with multicast and class E), and below
# "IPv6 Special-Purpose Address Space". Written out, because what `ipaddress` knows depends on the Python release.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_ISATAP = {0x00005EFE, 0x02005EFE}


def is_public(address: IPAddress) -> bool:
    """Say whether *address* is one of the open internet, itself and in any IPv4 address it wraps."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _NOT_PUBLIC_4)
    if getattr(address, "scope_id", None):
        return False
    number = int(address)
    if address in _MAPPED or address in _NAT64:
        return is_public(IPv4Address(number & 0xFFFFFFFF))
    if address not in _PUBLIC_6 or any(address in net for net in _NOT_PUBLIC_6):
        return False
    if address in _6TO4 and not is_public(IPv4Address(number >> 80 & 0xFFFFFFFF)):
        return False
    wraps_isatap = number >> 32 & 0xFFFFFFFF in _ISATAP
    return not wraps_isatap or is_public(IPv4Address(number & 0xFFFFFFFF))


@dataclass(frozen=True, slots=True)
class _Known:
    addresses: tuple[IPAddress, ...]
    until_s: float
    temporary: bool = False


class AddressGuard:
    """Resolves names and refuses addresses.

    Args:
        is_allowed: Says which addresses may be connected to; tests let loopback through.
        ttl_s: Seconds an answer is kept.
    """

    def __init__(self, is_allowed: IsAllowed = is_public, *, ttl_s: float = 300.0) -> None:
        self._is_allowed = is_allowed
        self._ttl_s = ttl_s
        self._known: dict[str, _Known] = {}
        self._asking = KeyedLock()
        # of its own: slow name servers must not hold up what else waits for a thread
        self._threads: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Let the threads go."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def addresses(self, host: str, url: str, now: float) -> tuple[IPAddress, ...]:
        """Return what a host name may be connected to at; nothing for a host that is an address already.

        Args:
            host: A name, or an address.
            url: What it is asked for, for the errors.
            now: Seconds on the monotonic clock.

        Raises:
            Blocked: If one of its addresses is not allowed.
            DNSError: If its name has none.
        """
        literal = _literal(host)
        if literal is not None:
            self.check(literal, url, host)
            return ()
        found = await self._resolve(host, url, now)
        for address in found:
            self.check(address, url, host)
        return found

    def check(self, address: IPAddress, url: str, host: str) -> None:
        """Refuse one address.

        Raises:
            Blocked: If it is not allowed.
        """
        if not self._is_allowed(address):
            name = f"{host} ({address})" if host != str(address) else host
            msg = f"{name} is not a public address, and `block_private_addresses` is set"
            raise Blocked(msg, url=url)

    async def _resolve(self, host: str, url: str, now: float) -> tuple[IPAddress, ...]:
        known = self._known.get(host)
        if known is None or known.until_s <= now:
            async with self._asking.hold(host):
                known = self._known.get(host)
                if known is None or known.until_s <= now:
                    known = await self._ask(host, now)
                    self._remember(host, known)
        if not known.addresses:
            raise dns_error(host, url, temporary=known.temporary)
        return known.addresses

    async def _ask(self, host: str, now: float) -> _Known:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="skitter-dns")
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _getaddrinfo, host)
        except (OSError, UnicodeError) as error:
            temporary = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            return _Known((), now + (_TEMPORARY_TTL_S if temporary else _NEGATIVE_TTL_S), temporary)
        return _Known(found, now + self._ttl_s)

    def _remember(self, host: str, known: _Known) -> None:
        self._known.pop(host, None)
        self._known[host] = known
        if len(self._known) > _MOST_NAMES:
            del self._known[next(iter(self._known))]


def _literal(host: str) -> IPAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _getaddrinfo(host: str) -> tuple[IPAddress, ...]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
