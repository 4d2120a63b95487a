"""What is asked of discovering further URLs."""

from typing import Any

from pydantic import PositiveInt

from skitter.base.options import Options, Strategy


class LinkPreviewConfig(Strategy):
    """Which links have their heads fetched, and how they are scored."""

    include_internal: bool = True
    """Fetch links to the page's own domain."""

    include_external: bool = False
    """Fetch links to other domains."""

    include_patterns: tuple[str, ...] | None = None
    """Globs of URLs to fetch; None fetches all."""

    exclude_patterns: tuple[str, ...] | None = None
    """Globs of URLs not to fetch."""

    concurrency: PositiveInt = 10
    """Most links at once."""

    timeout: PositiveInt = 5
    """Limit of one link in seconds."""

    max_links: PositiveInt = 100
    """Most links fetched."""

    query: str | None = None
    """What the links are scored against."""

    score_threshold: float | None = None
    """Lowest score, 0 to 1, of a link that is kept."""

    verbose: bool = False
    """Log each link."""


class DiscoverOptions(Options):
    """How further URLs are found from a page."""

    deep_crawl_strategy: Any = None
    """Follows the page's links; None crawls the page alone."""

    link_preview_config: LinkPreviewConfig | None = None
    """Fetches the heads of the page's links; a LinkPreviewConfig or its fields as a dict."""
