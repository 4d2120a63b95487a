"""From what was fetched and read to the result the caller gets."""

from collections.abc import Callable
from typing import Any

from skitter.crawl.page import Page
from skitter.crawl.run import Run
from skitter.errors import CrawlError, HTTPStatusError, RobotsDenied
from skitter.fetch.decoding import decoded
from skitter.model.markdown import Markdown
from skitter.model.response import Response
from skitter.model.result import CrawlFailure, CrawlResult
from skitter.parse import charset
from skitter.parse.links import expand_links
from skitter.parse.media import expand_media
from skitter.parse.metadata import expand_metadata

_NOTHING_KEPT = "cache_mode={}: this version of skitter has no cache, the page was fetched"


def page_result(
    run: Run, response: Response, page: Page, error: CrawlError | None = None, *, resolved_by: str | None = None
) -> CrawlResult:
    """Return the result of a page that was fetched and read; *error* where it counts as failed all the same."""
    if error is None and resolved_by is None:
        local = not response.http_version
        resolved_by = "local" if local else "proxy" if response.proxy else "direct"
    values = _common(run, response, error, resolved_by=resolved_by)
    values |= {
        "cleaned_html": page.cleaned_html,
        "tables": page.tables,
        "extracted_content": page.extracted_content,
    }
    values["warnings"] += page.warnings
    later: dict[str, Callable[[], Any]] = {
        "html": lambda: _html(response, page.encoding),
        "markdown": lambda: Markdown(page.markdown.result()) if page.markdown else Markdown(),
        "fit_html": lambda: page.fit_html or page.cleaned_html,
        "metadata": lambda: {**expand_metadata(page.metadata), **run.metadata},
        "links": lambda: expand_links(page.links),
        "media": lambda: expand_media(page.media),
    }
    return CrawlResult.trusted(values, later)


def failed_result(run: Run, error: CrawlError, response: Response | None = None) -> CrawlResult:
    """Return the result of a page that was not fetched, or could not be read."""
    values = _common(run, response, error, resolved_by=None)
    values["metadata"] = dict(run.metadata)
    if isinstance(error, RobotsDenied):
        values |= {"status_code": 403, "response_headers": {"x-robots-status": "disallowed by robots.txt"}}
    if response is not None:
        return CrawlResult.trusted(values, {"html": lambda: _html(response)})
    return CrawlResult.trusted(values)


def _common(
    run: Run, response: Response | None, error: CrawlError | None, *, resolved_by: str | None
) -> dict[str, Any]:
    config = run.config
    values: dict[str, Any] = {
        "url": run.url,
        "success": error is None,
        "error": None if error is None else CrawlFailure.of(error),
        "error_message": None if error is None else str(error),
        "session_id": config.session_id,
        "crawl_stats": run.stats(response, resolved_by=resolved_by),
        "warnings": [],
    }
    if config.cache_mode.reads or config.cache_mode.writes:
        values["warnings"].append(_NOTHING_KEPT.format(config.cache_mode.name))
    if response is not None:
        values |= {
            "status_code": response.status,
            "response_headers": dict(response.headers),
            "redirected_url": response.url,
            "redirected_status_code": response.status,
            "ssl_certificate": response.certificate,
            "downloaded_files": list(response.downloaded_files) or None,
            **response.rendered,
        }
        values["warnings"] += response.warnings
    elif isinstance(error, HTTPStatusError):
        values["status_code"] = error.status
    return values


def _html(response: Response, encoding: str | None = None) -> str:
    """Decode the page as it was decoded for reading; "" where it cannot be decoded."""
    if isinstance(response.body, str):
        return response.body
    try:
        body = decoded(response.body, response.content_encoding, response.max_body_bytes)
    except CrawlError:
        return ""
    if encoding is None:
        encoding = charset.decode(body, response.headers.get("content-type", "")).encoding
    return charset.text(body, encoding)
