"""BrowserConfig: who the crawler is, over HTTP and in a browser."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Unpack

from pydantic import BeforeValidator, Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from skitter.config import compat
from skitter.config.base import Config
from skitter.fetch.proxies import ProxyConfig, proxy_from

if TYPE_CHECKING:
    from skitter.config.keywords import BrowserKeywords


def _path_as_text(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


class BrowserConfig(Config):
    """Who the crawler is: user agent, headers, cookies and proxy over HTTP too; the rest says how a browser is run."""

    if TYPE_CHECKING:  # values are taken in more shapes than they are kept in, which a checker could not know

        def __init__(self, **options: Unpack[BrowserKeywords]) -> None: ...
        def clone(self, **changes: Unpack[BrowserKeywords]) -> Self:  # type: ignore[override]  # the base takes any option
            """Return a copy with *changes* applied, validated as a whole."""

    browser_type: Literal["chromium", "firefox", "webkit"] = "chromium"
    """The browser's engine."""

    headless: bool = True
    """Run without a window."""

    browser_mode: Literal["dedicated", "builtin", "cdp", "custom", "docker"] = "dedicated"
    """A browser of one's own, the one started in the background, or one reached at `cdp_url`."""

    executable_path: str | None = None
    """Path of the browser to run; None looks for an installed one."""

    use_managed_browser: bool = False
    """Start the browser as a process of its own and control it over its debugging port."""

    cdp_url: str | None = None
    """Address of a running browser's debugging port."""

    browser_context_id: str | None = None
    """An existing context of that browser to use."""

    target_id: str | None = None
    """An existing page of that browser to use."""

    cdp_cleanup_on_close: bool = False
    """Release what was used of that browser when the crawler closes."""

    cdp_close_delay: NonNegativeFloat = 1.0
    """Seconds between disconnecting from it and stopping the driver."""

    cache_cdp_connection: bool = False
    """Share one connection to it between crawlers of this process."""

    create_isolated_context: bool = False
    """Open a context of one's own in it."""

    use_persistent_context: bool = False
    """Keep cookies and storage in `user_data_dir`."""

    user_data_dir: str | None = None
    """The browser profile's folder."""

    chrome_channel: str = "chromium"
    """The same as `channel`."""

    channel: str = "chromium"
    """Which installed browser: chromium, chrome, msedge, …"""

    proxy: str | None = None
    """The same as `proxy_config`, as text."""

    proxy_config: Annotated[ProxyConfig | None, BeforeValidator(proxy_from)] = None
    """The proxy of every crawl that names none: ProxyConfig, dict, or `scheme://user:pass@host:port`."""

    viewport_width: PositiveInt = 1080
    """Width of pages in pixels."""

    viewport_height: PositiveInt = 600
    """Height of pages in pixels."""

    viewport: Mapping[str, int] | None = None
    """`{"width": …, "height": …}`, over the two options above."""

    device_scale_factor: PositiveFloat = 1.0
    """Physical pixels for each CSS pixel."""

    accept_downloads: bool = False
    """Save what pages offer for download."""

    downloads_path: str | None = None
    """Folder for downloads."""

    storage_state: Annotated[str | Mapping[str, Any] | None, BeforeValidator(_path_as_text)] = None
    """Cookies and local storage to start with: a dict or the path of a JSON file; cookies are sent over HTTP too."""

    ignore_https_errors: bool = True
    """Let the browser open pages whose certificate is wrong; over HTTP, `HTTPCrawlerConfig.verify_ssl` decides."""

    java_script_enabled: bool = True
    """Run the pages' scripts."""

    sleep_on_close: bool = False
    """Wait half a second before the browser is closed."""

    verbose: bool = True
    """Log what the crawler does."""

    cookies: tuple[Mapping[str, Any], ...] | None = None
    """Cookies to start with: `{"name", "value", "url"}`, or with `domain` and `path` for `url`."""

    headers: Mapping[str, str] | None = None
    """Headers of every request."""

    user_agent: str | None = None
    """User-Agent of every request; None is skitter's own over HTTP and the browser's own in a browser."""

    user_agent_mode: Literal["", "random"] | None = ""
    """`random` picks a current browser's user agent for each crawl."""

    user_agent_generator_config: Mapping[str, Any] = Field(default_factory=dict)
    """Narrows what `user_agent_mode="random"` picks from."""

    text_mode: bool = False
    """Load no images, fonts and media."""

    light_mode: bool = False
    """Turn the browser's background work off."""

    extra_args: tuple[str, ...] | None = None
    """Further command-line arguments of the browser."""

    debugging_port: PositiveInt = 9222
    """Port of a managed browser."""

    host: str = "localhost"
    """Host of a managed browser."""

    enable_stealth: bool = False
    """Hide the traces of automation."""

    avoid_ads: bool = False
    """Load nothing from advertising and tracking hosts."""

    avoid_css: bool = False
    """Load no style sheets."""

    init_scripts: tuple[str, ...] | None = None
    """JavaScript that runs before each page's own."""

    memory_saving_mode: bool = False
    """Keep the browser's memory small, at the price of speed."""

    max_pages_before_recycle: NonNegativeInt = 0
    """Pages after which the browser process is replaced; 0 never."""

    @classmethod
    def _spelled(cls, options: dict[str, Any]) -> dict[str, Any]:
        return compat.paired(options)
