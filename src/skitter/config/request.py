"""CrawlRequest: a URL with what is its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skitter.config.crawl import CrawlerRunConfig


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """One URL for `arun_many`, with what is its own.

    Attributes:
        url: What to crawl.
        config: Used instead of the configs given to `arun_many`.
        session_id: Used instead of the config's.
        metadata: Put into the result's `metadata`, under its own keys.
    """

    url: str
    config: CrawlerRunConfig | None = None
    session_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
