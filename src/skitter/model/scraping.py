"""What a scraping strategy returns, and what one is: subclass ContentScrapingStrategy to write your own."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from pydantic import BaseModel, Field


class Link(BaseModel):
    """One link of a page."""

    href: str | None = ""
    text: str | None = ""
    title: str | None = ""
    base_domain: str | None = ""
    context: str | None = ""
    rel: str | None = ""
    head_data: dict[str, Any] | None = None
    head_extraction_status: str | None = None
    head_extraction_error: str | None = None
    intrinsic_score: float | None = None
    contextual_score: float | None = None
    total_score: float | None = None


class Links(BaseModel):
    """The links of a page, by registrable domain."""

    internal: list[Link] = Field(default_factory=list)
    external: list[Link] = Field(default_factory=list)


class MediaItem(BaseModel):
    """One image, video or sound of a page."""

    src: str | None = ""
    data: str | None = ""
    alt: str | None = ""
    desc: str | None = ""
    score: int | None = 0
    type: str = "image"
    group_id: int | None = 0
    format: str | None = None
    width: int | None = None
    height: int | None = None


class Media(BaseModel):
    """The media of a page."""

    images: list[MediaItem] = Field(default_factory=list)
    videos: list[MediaItem] = Field(default_factory=list)
    audios: list[MediaItem] = Field(default_factory=list)
    tables: list[dict[str, Any]] = Field(default_factory=list)


class ScrapingResult(BaseModel):
    """What a scraping strategy returns for one page."""

    cleaned_html: str
    success: bool
    media: Media = Field(default_factory=Media)
    links: Links = Field(default_factory=Links)
    metadata: dict[str, Any] = Field(default_factory=dict)


class ContentScrapingStrategy(ABC):
    """Reads the cleaned HTML, links, media and metadata of a page."""

    @abstractmethod
    def scrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        """Read *html*, which was fetched from *url*; *options* are those of CrawlerRunConfig, by name."""

    async def ascrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        """Do the same off the event loop."""
        return await asyncio.to_thread(self.scrap, url, html, **options)
