"""The HTTP engine, wreq, behind a boundary of our own: nothing else in the package knows it.

The engine keeps connections, speaks HTTP/1.1, HTTP/2, TLS and SOCKS, and undoes brotli, for which Python has no
decoder. Redirects, cookies, other encodings, limits, retries and names are ours. It resends a request by itself in one
case only: where a kept connection was found closed before a byte of the request had left.

A cancelled request or read closes its connection. A client owns a pool; who drops the client closes what is idle.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import wreq
from wreq import exceptions as engine_errors

from skitter.errors import ConfigError, TooLarge
from skitter.fetch.faults import body_fault, head_fault
from skitter.fetch.headers import Pairs
from skitter.fetch.impersonation import profile
from skitter.fetch.proxies import ProxyConfig
from skitter.fetch.targets import Target, shown

Spelling = wreq.OrigHeaderMap
"""Names of headers as they are spelled and ordered on the wire."""

Pinned = tuple[tuple[str, tuple[IPv4Address | IPv6Address, ...]], ...]
"""Hosts, and the only addresses that they are connected to at."""

_MOST_PINNED = 512
_MOST_HOSTS_KEPT = 256
_IDLE = timedelta(seconds=30)
_MOST_HEADERS = 512

_METHODS = {name: getattr(wreq.Method, name) for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
_VERSIONS = (
    (wreq.Version.HTTP_11, "1.1"),
    (wreq.Version.HTTP_2, "2"),
    (wreq.Version.HTTP_10, "1.0"),
    (wreq.Version.HTTP_09, "0.9"),
)
_FAULTS = (
    engine_errors.TlsError,
    engine_errors.ConnectionError,
    engine_errors.ProxyConnectionError,
    engine_errors.ConnectionResetError,
    engine_errors.BodyError,
    engine_errors.BuilderError,
    engine_errors.DecodingError,
    engine_errors.RequestError,
    engine_errors.UpgradeError,
    engine_errors.TimeoutError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKey:
    """What connections may be shared by.

    Attributes:
        verify: Whether certificates are verified.
        http_version: The only version that is spoken, None for any.
        impersonate: The browser whose fingerprint is shown.
        most_idle: Idle connections that are kept for one host.
        pinned: Names that have been resolved already; others are resolved as the machine does.
    """

    verify: bool = True
    http_version: str | None = None
    impersonate: str | None = None
    most_idle: int | None = None
    pinned: Pinned = ()


class Engine:
    """The clients: one for each key, and of those that are pinned to a host, the most recently used."""

    def __init__(self) -> None:
        self._shared: dict[ClientKey, wreq.Client] = {}
        self._pinned: OrderedDict[ClientKey, wreq.Client] = OrderedDict()
        self._proxies: dict[ProxyConfig, wreq.Proxy] = {}
        self._trusted: wreq.CertStore | bool | None = None

    def close(self) -> None:
        """Close every connection; requests that are still running are cancelled."""
        for client in (*self._shared.values(), *self._pinned.values()):
            client.close()
        self._shared.clear()
        self._pinned.clear()
        self._proxies.clear()

    async def send(
        self,
        key: ClientKey,
        method: str,
        target: Target,
        *,
        headers: Mapping[str, str],
        spelling: Spelling | None,
        body: bytes | None,
        proxy: ProxyConfig | None,
        undo_brotli: bool,
    ) -> "Answer":
        """Send one request and return the answer, whose body has not been read.

        Raises:
            FetchError: If there is no answer.
        """
        extras: dict[str, Any] = {}
        if body is not None:
            extras["body"] = body
        if spelling is not None:
            extras["orig_headers"] = spelling
        if proxy is not None:
            extras["proxy"] = self._proxy(proxy)
        try:
            response = await self._client(key).request(
                _METHODS[method],
                target.wire_url,
                headers=headers,
                gzip=False,
                deflate=False,
                zstd=False,
                brotli=undo_brotli,
                **extras,
            )
        except _FAULTS as error:
            raise head_fault(
                type(error).__name__,
                str(error),
                url=target.url,
                host=target.host,
                proxy=proxy.server if proxy is not None else None,
            ) from error
        except RuntimeError as error:
            msg = f"a header for {shown(target.url)} cannot be sent: {error}"
            raise ConfigError(msg) from error
        return Answer(response, target, proxied=proxy is not None)

    def _client(self, key: ClientKey) -> wreq.Client:
        if not key.pinned:
            client = self._shared.get(key)
            if client is None:
                client = self._shared[key] = self._new_client(key)
            return client
        client = self._pinned.pop(key, None) or self._new_client(key)
        self._pinned[key] = client
        if len(self._pinned) > _MOST_PINNED:
            self._pinned.popitem(last=False)  # not closed: its requests go on, and it ends with the last of them
        return client

    def _new_client(self, key: ClientKey) -> wreq.Client:
        if self._trusted is None:
            self._trusted = _trusted()  # reading the machine's authorities takes a hundred times what a client does
        return _client(key, self._trusted if key.verify else False)

    def _proxy(self, config: ProxyConfig) -> wreq.Proxy:
        found = self._proxies.get(config)
        if found is None:
            try:
                found = self._proxies[config] = wreq.Proxy.all(config.url)
            except engine_errors.BuilderError as error:
                msg = f"the proxy {config} cannot be used: look at its host, user and password"
                raise ConfigError(msg) from error
            if len(self._proxies) > _MOST_PINNED:
                del self._proxies[next(iter(self._proxies))]
        return found


class Answer:
    """The head of a response, and the way to its body."""

    __slots__ = ("_response", "_target", "headers", "proxied", "status")

    def __init__(self, response: wreq.Response, target: Target, *, proxied: bool) -> None:
        self._response = response
        self._target = target
        self.proxied = proxied
        self.status: int = response.status.as_int()
        self.headers: Pairs = response.headers

    @property
    def http_version(self) -> str:
        """Such as `1.1` or `2`."""
        version = self._response.version
        return next((name for value, name in _VERSIONS if value == version), "")

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The address that was connected to; None through a proxy."""
        remote = None if self.proxied else self._response.remote_addr
        return remote.ip() if remote is not None else None

    @property
    def remote(self) -> str | None:
        """The same with its port, as text."""
        remote = None if self.proxied else self._response.remote_addr
        return str(remote) if remote is not None else None

    @property
    def certificate(self) -> bytes | None:
        """The server's certificate as DER, None without TLS."""
        tls = self._response.tls_info
        found = tls.peer_certificate() if tls is not None else None
        return bytes(found) if found is not None else None

    async def read(self, limit_bytes: int, options: str) -> bytes:
        """Return the body.

        Args:
            limit_bytes: Largest size; where the server says a larger one, nothing is read.
            options: The options that the limit comes from, for the message.

        Raises:
            TooLarge: If it is larger.
            FetchError: If it does not come whole.
        """
        length = self._response.content_length
        try:
            if length is None:
                return await self._stream(limit_bytes, options)
            if length <= limit_bytes:
                return bytes(await self._response.bytes())
            await self._response.close()
        except _FAULTS as error:
            raise body_fault(type(error).__name__, str(error), url=self._target.url) from error
        raise _too_large(self._target, limit_bytes, options)

    async def _stream(self, limit_bytes: int, options: str) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async with self._response.stream() as stream:
            async for chunk in stream:
                if isinstance(chunk, memoryview):  # else trailers
                    chunks.append(bytes(chunk))
                    size += len(chunk)
                    if size > limit_bytes:
                        raise _too_large(self._target, limit_bytes, options)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def discard(self) -> None:
        """Let the body go; the connection is kept if that had come whole already."""
        async with self._response:
            pass

    async def drop(self) -> None:
        """Close the connection."""
        await self._response.close()


def spelling(names: Iterable[str]) -> Spelling:
    """Return names of headers in the spelling and order in which they are to be sent."""
    return wreq.OrigHeaderMap(list(names))


def _client(key: ClientKey, verify: wreq.CertStore | bool) -> wreq.Client:  # noqa: FBT001  # the engine's own union
    names = wreq.DnsOptions(system_dns=True)
    for host, addresses in key.pinned:
        names.add_resolve(host, list(addresses))
    options: dict[str, Any] = {}
    if key.impersonate is not None:
        options["emulation"] = profile(key.impersonate)
    if key.http_version == "1.1":
        options["http1_only"] = True
    elif key.http_version == "2":
        options["http2_only"] = True
    if key.most_idle is not None:
        options["pool_max_idle_per_host"] = key.most_idle
    return wreq.Client(
        redirect=wreq.redirect.Policy.none(),
        no_proxy=True,
        dns_options=names,
        tls_info=True,
        tls_verify=verify,
        tls_verify_hostname=key.verify,
        pool_max_size=_MOST_HOSTS_KEPT,
        pool_idle_timeout=_IDLE,
        http1_options=wreq.Http1Options(
            # what browsers let pass
            allow_spaces_after_header_name_in_responses=True,
            allow_obsolete_multiline_headers_in_responses=True,
            ignore_invalid_headers_in_responses=True,
            max_headers=_MOST_HEADERS,
        ),
        **options,
    )


def _trusted() -> wreq.CertStore | bool:
    # the engine brings its own list of authorities; where the machine names another, that one is meant
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return wreq.CertStore(default_paths=True)
    return True


def _too_large(target: Target, limit_bytes: int, options: str) -> TooLarge:
    msg = f"{shown(target.url)} is larger than {limit_bytes} bytes: raise {options} to get it"
    return TooLarge(msg, url=target.url)
