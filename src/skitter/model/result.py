"""What a crawl returns for one page."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import core_schema

from skitter.errors import CrawlError, ErrorKind
from skitter.model.certificate import SSLCertificate
from skitter.model.lazy import LazyModel
from skitter.model.markdown import Markdown

_Certificate = Annotated[
    SSLCertificate,
    GetPydanticSchema(
        lambda _, handler: core_schema.no_info_after_validator_function(SSLCertificate, handler(dict[str, Any]))
    ),
]


class CrawlFailure(BaseModel):
    """Why a page failed."""

    model_config = ConfigDict(frozen=True)

    kind: ErrorKind
    """The reason, for programs to compare."""

    message: str
    """What happened, to what, and what to do."""

    retryable: bool = False
    """Whether the same request may succeed a little later."""

    status: int | None = None
    """The HTTP status behind it, where there is one."""

    @classmethod
    def of(cls, error: CrawlError) -> Self:
        """Describe *error*."""
        return cls(
            kind=error.kind, message=str(error), retryable=error.retryable, status=getattr(error, "status", None)
        )


class DispatchResult(BaseModel):
    """How one page of an `arun_many` was scheduled."""

    task_id: str
    """The page's own id in this crawl; behind its last `-` stands the page's place in the input, from 0."""

    memory_usage: float
    """Memory of the process tree at the page's end, in MiB."""

    peak_memory: float
    """Highest memory of the process tree so far in this crawl, in MiB."""

    start_time: datetime | float
    """When the last attempt started, in seconds since the epoch."""

    end_time: datetime | float
    """When it ended, in seconds since the epoch."""

    error_message: str = ""
    """Why the page failed, empty where it did not."""

    wait_time: float = 0.0
    """Seconds between being read from the input and the start of the last attempt."""

    attempts: int = 1
    """How often it was started."""


def _no_links() -> dict[str, list[dict[str, Any]]]:
    return {"internal": [], "external": []}


def _no_media() -> dict[str, list[dict[str, Any]]]:
    return {"images": [], "videos": [], "audios": []}


class CrawlResult(LazyModel):
    """One crawled page.

    It also behaves as a container of itself: `result[0]`, `len(result)`, `for page in result` and `async for`.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    url: str
    """As it was asked for."""

    html: str = ""
    """The page as it came, decoded."""

    success: bool
    """Whether the page was fetched and read; a status such as 404 is an answer and no failure."""

    cleaned_html: str | None = None
    """The page without scripts, styles, attributes and what the options exclude."""

    fit_html: str | None = None
    """What the content filter kept; without a filter, the cleaned HTML."""

    markdown: Markdown = Field(default_factory=Markdown)
    """The page as Markdown: a `str` with `.raw_markdown`, `.fit_markdown`, `.markdown_with_citations`, …"""

    media: dict[str, list[dict[str, Any]]] = Field(default_factory=_no_media)
    """`images`, `videos` and `audios`."""

    links: dict[str, list[dict[str, Any]]] = Field(default_factory=_no_links)
    """`internal` and `external`, by registrable domain."""

    tables: list[dict[str, Any]] = Field(default_factory=list)
    """Data tables: `headers`, `rows`, `caption`, `summary`, `metadata`."""

    metadata: dict[str, Any] | None = None
    """Title, description, canonical URL, language, Open Graph, JSON-LD, … and what the request carried."""

    extracted_content: str | None = None
    """Records as JSON, where an extraction strategy was given."""

    status_code: int | None = None
    """HTTP status of the last answer: those of the redirects before it are in `crawl_stats["redirects"]`."""

    response_headers: dict[str, Any] | None = None
    """Headers of the last answer, by lower-case name."""

    redirected_url: str | None = None
    """URL of the last answer."""

    redirected_status_code: int | None = None
    """The same as `status_code`."""

    error_message: str | None = None
    """Why the page failed, None where it did not."""

    error: CrawlFailure | None = None
    """The same, for programs: `error.kind`."""

    warnings: list[str] = Field(default_factory=list)
    """What was skipped, cut short or ignored, in words."""

    session_id: str | None = None
    """The session it was fetched in."""

    ssl_certificate: _Certificate | None = None
    """The server's certificate, where it was asked for."""

    crawl_stats: dict[str, Any] | None = None
    """`attempts`, `retries`, `reasons`, `redirects`, `proxies_used`, `resolved_by`, …"""

    dispatch_result: DispatchResult | None = None
    """How it was scheduled, in `arun_many`."""

    cache_status: str | None = None
    """`hit`, `miss`, …; None where the cache was not asked."""

    cached_at: float | None = None
    """When the cached page was fetched, in seconds since the epoch."""

    head_fingerprint: str | None = None
    """Hash of the page's head, for comparing versions."""

    downloaded_files: list[str] | None = None
    """Paths of files the page made the crawler save."""

    js_execution_result: dict[str, Any] | None = None
    """What `js_code` returned."""

    screenshot: str | None = None
    """PNG or JPEG, base64."""

    pdf: bytes | None = None
    """The printed page."""

    mhtml: str | None = None
    """The page with its resources."""

    network_requests: list[dict[str, Any]] | None = None
    """Captured requests and responses."""

    console_messages: list[dict[str, Any]] | None = None
    """Captured console messages."""

    @property
    def markdown_v2(self) -> Markdown:
        """The same as `markdown`."""
        return self.markdown

    @property
    def fit_markdown(self) -> str | None:
        """The same as `markdown.fit_markdown`."""
        return self.markdown.fit_markdown

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # a page is too long to be shown, and showing it would compute it
        for name in ("url", "success", "status_code", "error_message"):
            if (value := getattr(self, name)) is not None:
                yield name, value

    def __iter__(self) -> Iterator[Self]:  # type: ignore[override]  # a container of itself, not of its fields
        yield self

    async def __aiter__(self) -> AsyncIterator[Self]:
        yield self

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Self:
        return (self,)[index]
