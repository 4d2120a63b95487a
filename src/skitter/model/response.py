"""What a fetcher returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skitter.model.certificate import SSLCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed.

    Attributes:
        url: The URL that redirected.
        status: Its HTTP status.
        location: The absolute URL it named.
    """

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, whatever its status.

    Attributes:
        url: The URL that answered, after redirects, absolute and normalised.
        base_url: What links are relative to where the page names no base; the URL itself for http and https.
        status: HTTP status; 200 for `raw:` and `file:`.
        headers: By lower-case name; several of one name are joined by ", " (Set-Cookie by a line feed).
        body: As it was sent, still encoded by *content_encoding*; text for `raw:` pages.
        content_encoding: What is still to be undone before *body* is the page: "", or tokens such as "gzip".
        max_body_bytes: The page's largest size after that.
        hops: The redirects before this answer, in order.
        http_version: "1.0", "1.1", "2", or "" for local pages.
        remote_address: `ip:port` that was connected to, None through a proxy or for local pages.
        proxy: The proxy's server without its credentials, None for a direct connection.
        downloaded_files: Paths the body was saved under, besides being returned.
        rendered: What only a browser returns, by the name of the result's field.
    """

    url: str
    base_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes | str
    content_encoding: str = ""
    max_body_bytes: int = 64 * 2**20
    hops: tuple[Hop, ...] = ()
    http_version: str = ""
    remote_address: str | None = None
    proxy: str | None = None
    certificate: SSLCertificate | None = None
    downloaded_files: tuple[str, ...] = ()
    rendered: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
