"""Every exception skitter raises, and the kinds a failed result names.

CrawlError                     .url, .kind, .retryable
├── ConfigError                the caller's options are wrong          raised
│   └── BrowserRequired        an option needs a browser, none is there
├── FetchError                 .retry_after_s, .proxy
│   ├── DNSError · ConnectError · TLSError · FetchTimeout · TooLarge
│   ├── TooManyRedirects · DecodeError · ProxyError
│   ├── HTTPStatusError        .status
│   └── RobotsDenied · Blocked · InvalidURL
├── CrawlerClosed              before the page was crawled
├── ParseError · ExtractError  the page or the model's answer
├── MemoryShortage             also a MemoryError                      raised
└── MissingExtra               also an ImportError
"""

from typing import Any, ClassVar, Literal

ErrorKind = Literal[
    "dns",
    "connect",
    "proxy",
    "tls",
    "timeout",
    "too_large",
    "too_many_redirects",
    "decode",
    "http_status",
    "blocked",
    "robots",
    "invalid_url",
    "not_found",
    "no_config",
    "config",
    "parse",
    "extract",
    "memory",
    "cancelled",
    "internal",
]
"""What went wrong with one page, for programs to compare."""


class CrawlError(Exception):
    """The base of every error; the message says what happened, to what, and what to do.

    Attributes:
        kind: The machine-readable reason.
        retryable: Whether the same request may succeed a little later.
        url: The URL it happened to, None where no URL is concerned.
    """

    kind: ClassVar[ErrorKind] = "internal"
    retryable: bool = False

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url

    def __reduce__(self) -> tuple[Any, ...]:
        # an error may need more than its message to be built, and comes back from other processes
        return _remade, (type(self), self.args), self.__dict__


def _remade(cls: type[CrawlError], args: tuple[Any, ...]) -> CrawlError:
    return cls.__new__(cls, *args)


class ConfigError(CrawlError, ValueError):
    """The caller's options are wrong; raised where they are given."""

    kind = "config"


class BrowserRequired(ConfigError):
    """An option needs a browser and none is available."""


class FetchError(CrawlError):
    """A page could not be fetched.

    Attributes:
        retry_after_s: Seconds the server asked to wait, None if it did not say.
        proxy: The proxy it went through, None for a direct connection.
    """

    kind: ClassVar[ErrorKind] = "connect"
    retry_after_s: float | None = None
    proxy: str | None = None


class InvalidURL(FetchError):
    """The URL is not one that can be fetched."""

    kind = "invalid_url"


class DNSError(FetchError):
    """The host name has no address, or none that is known now: then it is retryable."""

    kind = "dns"


class ConnectError(FetchError):
    """No connection, or it broke before the whole response had come."""

    kind = "connect"
    retryable = True


class ProxyError(FetchError):
    """The proxy could not be reached or refused the request."""

    kind = "proxy"
    retryable = True


class TLSError(FetchError):
    """The TLS handshake failed, usually because of the certificate."""

    kind = "tls"


class FetchTimeout(FetchError):
    """The page's time limit passed."""

    kind = "timeout"
    retryable = True


class TooLarge(FetchError):
    """The body is larger than a limit allows."""

    kind = "too_large"


class TooManyRedirects(FetchError):
    """The redirects form a loop or are more than the limit."""

    kind = "too_many_redirects"


class DecodeError(FetchError):
    """The body's content encoding is damaged, cut short or unknown."""

    kind = "decode"


class HTTPStatusError(FetchError):
    """The server kept refusing the request.

    Attributes:
        status: The HTTP status code of the last answer.
    """

    kind = "http_status"

    def __init__(self, message: str, *, status: int, url: str | None = None) -> None:
        super().__init__(message, url=url)
        self.status = status


class RobotsDenied(FetchError):
    """The site's robots.txt forbids the URL to this user agent."""

    kind = "robots"


class Blocked(FetchError):
    """The address guard refused to connect."""

    kind = "blocked"


class NotFound(FetchError):
    """A local file does not exist or cannot be read."""

    kind = "not_found"


class CrawlerClosed(CrawlError):
    """The crawler was closed before the page was crawled."""

    kind = "cancelled"


class ParseError(CrawlError):
    """The page could not be turned into a document."""

    kind = "parse"


class ExtractError(CrawlError):
    """An extraction strategy failed on the page."""

    kind = "extract"


class MissingExtra(CrawlError, ImportError):
    """An optional part is not installed; the message gives the install line."""

    kind = "config"


class MemoryShortage(CrawlError, MemoryError):
    """A crawl waited for memory for longer than `memory_wait_timeout`.

    Attributes:
        results: What was finished, in the order of the input; empty where results were streamed.
    """

    kind = "memory"

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(message, url=url)
        self.results: list[Any] = []
