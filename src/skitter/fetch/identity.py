"""Who the crawler is over HTTP: what is the same for every page it fetches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from skitter.errors import ConfigError
from skitter.fetch.cookies import Cookie
from skitter.fetch.proxies import ProxyConfig


class Who(Protocol):
    """The part of BrowserConfig that is read here."""

    @property
    def headers(self) -> Mapping[str, str] | None: ...  # noqa: D102  # as BrowserConfig has them

    @property
    def cookies(self) -> tuple[Mapping[str, Any], ...] | None: ...  # noqa: D102

    @property
    def storage_state(self) -> str | Path | Mapping[str, Any] | None: ...  # noqa: D102

    @property
    def user_agent(self) -> str | None: ...  # noqa: D102

    @property
    def user_agent_mode(self) -> str | None: ...  # noqa: D102

    @property
    def user_agent_generator_config(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def accept_downloads(self) -> bool: ...  # noqa: D102

    @property
    def downloads_path(self) -> str | None: ...  # noqa: D102

    @property
    def proxy_config(self) -> ProxyConfig | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who is asking, on every page.

    Attributes:
        headers: Under those of HTTPCrawlerConfig and of the page's own options.
        cookies: What every session and every crawl without one starts with.
        user_agent: None is skitter's own.
        user_agent_mode: "random" picks one for each crawl.
        user_agent_generator_config: Narrows what is picked from.
        proxy: For pages whose options name none.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()
    user_agent: str | None = None
    user_agent_mode: str | None = None
    user_agent_generator_config: Mapping[str, Any] = field(default_factory=dict)
    proxy: ProxyConfig | None = None

    @classmethod
    def of(cls, who: Who) -> "Identity":
        """Read a BrowserConfig; where its storage state is a file, that is read.

        Raises:
            ConfigError: If a cookie is not understood, or the file cannot be read.
        """
        written = [*(who.cookies or ()), *_stored(who.storage_state)]
        return cls(
            headers=who.headers or {},
            cookies=tuple(Cookie.of(one) for one in written),
            user_agent=who.user_agent,
            user_agent_mode=who.user_agent_mode,
            user_agent_generator_config=who.user_agent_generator_config,
            proxy=who.proxy_config,
        )


def _stored(state: str | Path | Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    if state is None:
        return []
    if not isinstance(state, Mapping):
        try:
            state = json.loads(Path(state).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            msg = f"`storage_state`: {state} cannot be read: {error}"
            raise ConfigError(msg) from error
    cookies = state.get("cookies", []) if isinstance(state, Mapping) else None
    if not isinstance(cookies, list | tuple) or not all(isinstance(one, Mapping) for one in cookies):
        msg = '`storage_state` must be {"cookies": [...], ...}, as a browser saves it'
        raise ConfigError(msg)
    return list(cookies)
