"""What a fetcher is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One URL to fetch, once.

    Attributes:
        url: As the caller wrote it: http, https, file, or `raw:` with HTML behind it.
        attempt: How often it has been tried before, from 0.
        headers: Added to the configured headers, over them.
        chose_proxy: Told the proxy's server once there is one: whoever gives up waiting learns which it was.
    """

    url: str
    attempt: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    chose_proxy: Callable[[str], None] | None = None
