"""CrawlerRunConfig: the union of the stages' options."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, Unpack

from skitter.clean.options import CleanOptions
from skitter.config import compat
from skitter.config.base import Config
from skitter.config.matching import MatchMode, UrlMatcher, matches
from skitter.discover.options import DiscoverOptions
from skitter.dispatch.options import DispatchOptions, RetryOptions
from skitter.extract.options import ExtractOptions
from skitter.fetch.browser_options import BrowserPageOptions, RenderOptions
from skitter.fetch.options import FetchOptions
from skitter.markdown.options import MarkdownOptions
from skitter.model.scraping import ContentScrapingStrategy
from skitter.parse.options import ParseOptions

if TYPE_CHECKING:
    from skitter.config.keywords import CrawlKeywords


class CrawlOptions(Config):
    """What the crawl itself reads."""

    scraping_strategy: ContentScrapingStrategy | None = None
    """Reads cleaned HTML, links, media and metadata; None is skitter's own way."""

    url: str | None = None
    """The URL, where a config stands for one page."""

    url_matcher: UrlMatcher | tuple[UrlMatcher, ...] | None = None
    """URLs this config is for, where several are given: a glob over the whole URL, a function of it, or several."""

    match_mode: MatchMode = MatchMode.OR
    """Whether one matcher of a list is enough, or all must match."""

    verbose: bool = True
    """Log each page at its end."""


class CrawlerRunConfig(
    FetchOptions,
    RenderOptions,
    BrowserPageOptions,
    ParseOptions,
    CleanOptions,
    MarkdownOptions,
    ExtractOptions,
    DispatchOptions,
    RetryOptions,
    DiscoverOptions,
    CrawlOptions,
):
    """Every option of one crawl, by keyword; each is defined in the group that reads it."""

    if TYPE_CHECKING:  # values are taken in more shapes than they are kept in, which a checker could not know

        def __init__(self, **options: Unpack[CrawlKeywords]) -> None: ...
        def clone(self, **changes: Unpack[CrawlKeywords]) -> Self:  # type: ignore[override]  # the base takes any option
            """Return a copy with *changes* applied, validated as a whole."""

    @classmethod
    def _spelled(cls, options: dict[str, Any]) -> dict[str, Any]:
        return compat.renamed(options)

    def is_match(self, url: str) -> bool:
        """Say whether this config is for *url*; one without a matcher is for every URL."""
        return matches(url, self.url_matcher, self.match_mode)

    @cached_property
    def page_options(self) -> "CrawlerRunConfig":
        """This config without what only fetching and dispatch read: what goes along to where a page is read."""
        said = {name: getattr(self, name) for name in _READ_FROM_PAGES & self.model_fields_set}
        return CrawlerRunConfig.model_construct(_fields_set=None, **said)

    def needs_browser(self) -> list[str]:
        """Return the names of the options that only a browser can serve."""
        said = [name for name in BrowserPageOptions.model_fields if getattr(self, name) != _PAGE_DEFAULTS[name]]
        return ["fetch_mode", *said] if self.fetch_mode == "browser" else said


_READ_FROM_PAGES = frozenset[str]().union(
    *(group.model_fields for group in (ParseOptions, CleanOptions, MarkdownOptions, ExtractOptions)),
    {"base_url", "scraping_strategy"},
)
_PAGE_DEFAULTS = {name: field.default for name, field in BrowserPageOptions.model_fields.items()}
