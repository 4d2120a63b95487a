"""What the engine's errors mean: each becomes one of ours, with a message for people.

The engine says most of it in the text of its exceptions only, which is written for its developers and may hold more
than should be shown; what is needed is picked out of it here, and the text goes no further.
"""

import re

from skitter.errors import (
    ConnectError,
    DecodeError,
    DNSError,
    FetchError,
    FetchTimeout,
    InvalidURL,
    ProxyError,
    TLSError,
    TooLarge,
)
from skitter.fetch.targets import shown

_TLS_REASON = re.compile(r'library: "SSL routines".*?reason: "([A-Z0-9_]{1,60})"')
_SOCKS = re.compile(r"Socks\((\w+)")
_OS_KIND = re.compile(r"kind: (\w+), message")

_REFUSED_CONNECTIONS = {
    "ConnectionRefused": "nobody listens there (connection refused): check host and port",
    "NetworkUnreachable": "its network cannot be reached from here",
    "HostUnreachable": "the host cannot be reached from here",
    "AddrNotAvailable": "there is no free local port or address to connect from: crawl with fewer connections",
    "TooManyOpenFiles": "this process has too many open files: raise `ulimit -n`, or crawl fewer pages at once",
    "PermissionDenied": "this machine does not let us connect there",
    "InvalidInput": "that is no address that can be connected to",
}
_BROKEN_HEADS = (
    ("Parse(", "did not answer in HTTP"),
    ("Http2", "broke the HTTP/2 connection: `http_version='1.1'` may help"),
    ("IncompleteMessage", "closed the connection without a complete answer"),
    ("ConnectionReset", "reset the connection before it answered"),
    ("BrokenPipe", "closed the connection before it had been asked"),
)
_PROXY_REASONS = (
    ("ProxyAuthRequired", "asks for a user and password, or refused those it was given"),
    ("PasswordAuthFailure", "refused the user and password"),
    ("NoAcceptableAuthMethods", "asks for a user and password"),
    ("TunnelUnsuccessful", "refused to connect"),
    ("TunnelUnexpectedEof", "closed the connection"),
    ("dns error", "has no address, check its host name"),
    ("ConnectError(", "cannot be reached, check its host and port"),
)


def dns_error(host: str, url: str, *, temporary: bool) -> DNSError:
    """Return the error of a host name without an address."""
    if not temporary:
        return DNSError(f"{host} has no address: check the spelling of the host name", url=url)
    error = DNSError(f"no name server answered for {host}: look at the network of this machine", url=url)
    error.retryable = True
    return error


def head_fault(kind: str, text: str, *, url: str, host: str, proxy: str | None) -> FetchError:
    """Return what an error of the engine before the answer's head means.

    Args:
        kind: The name of its class.
        text: What it says.
        url: What was asked for.
        host: The name that was to be resolved.
        proxy: The proxy it went through, without credentials.
    """
    where, text = shown(url), _cause(text)
    if kind == "ProxyConnectionError":
        return ProxyError(f"the proxy {proxy} {_proxy_reason(text)}, for {where}", url=url)
    if proxy:
        where = f"{where} through the proxy {proxy}"
    if kind == "TimeoutError" or "kind: TimedOut" in text:
        return FetchTimeout(f"no connection to {where}: nobody answered", url=url)
    if "dns error" in text:
        return dns_error(host, url, temporary="emporary failure" in text)
    if kind == "TlsError" or "SSL (" in text or "SYSCALL (" in text:
        return TLSError(f"no TLS connection to {where}: {_tls_reason(text)}", url=url)
    if "kind: Connect," in text:
        reason = _OS_KIND.search(text)
        said = _REFUSED_CONNECTIONS.get(reason[1] if reason else "", "the connection could not be made")
        return ConnectError(f"no connection to {where}: {said}", url=url)
    return _broken_head(kind, text, where, url)


def _cause(text: str) -> str:
    """Cut off what stands before the cause: the URL, which may say anything. No URL holds a space."""
    return text.partition(", source: ")[2]


def _broken_head(kind: str, text: str, where: str, url: str) -> FetchError:
    if kind == "BuilderError":
        return InvalidURL(f"{where} cannot be asked for: it is too long, or holds what HTTP does not allow", url=url)
    if "Parse(TooLarge)" in text:
        return TooLarge(f"{where} sent headers that are too long or too many", url=url)
    said = next((said for sign, said in _BROKEN_HEADS if sign in f"{kind} {text}"), "broke the connection")
    return ConnectError(f"{where} {said}", url=url)


def body_fault(kind: str, text: str, *, url: str) -> FetchError:
    """Return what an error of the engine within a body means."""
    where, text = shown(url), _cause(text)
    if kind == "TimeoutError":
        return FetchTimeout(f"{where} stopped sending its body", url=url)
    if "IncompleteBody" in text or "EOF during chunk" in text:
        return ConnectError(f"{where} closed the connection before all of the body had come", url=url)
    if "ConnectionReset" in text or kind == "ConnectionResetError":
        return ConnectError(f"{where} reset the connection before all of the body had come", url=url)
    if "brotli" in text or "UnexpectedEof" in text:
        return DecodeError(f"the body of {where} is no valid br, or is cut short", url=url)
    if "chunk" in text:
        return ConnectError(f"{where} sent a body whose chunks are damaged", url=url)
    return ConnectError(f"the connection to {where} broke before all of the body had come", url=url)


def _proxy_reason(text: str) -> str:
    for sign, said in _PROXY_REASONS:
        if sign in text:
            return said
    if socks := _SOCKS.search(text):
        return f"could not connect ({_spelled(socks[1])})"
    if "SSL (" in text or "SYSCALL (" in text:
        return f"makes no TLS connection ({_tls_reason(text)})"
    return "cannot be reached, or broke the connection"


def _tls_reason(text: str) -> str:
    found = _TLS_REASON.search(text)
    reason = found[1] if found else ""
    if reason == "CERTIFICATE_VERIFY_FAILED":
        return (
            "the certificate cannot be trusted (out of date, self-signed, or for another name); "
            "`HTTPCrawlerConfig(verify_ssl=False)` takes it all the same"
        )
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
        return "the server does not speak TLS on this port: is it http://?"
    if not reason:
        return "the server closed the connection during the handshake"
    return f"the handshake failed ({reason.lower().replace('_', ' ')})"


def _spelled(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
