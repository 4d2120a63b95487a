"""What a crawler strategy returns for one URL, before the page is read."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict

from skitter.model.certificate import SSLCertificate


class AsyncCrawlResponse(BaseModel):
    """One page as it was fetched."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    html: str
    """The page, decoded."""

    response_headers: dict[str, str]
    """By lower-case name."""

    status_code: int
    """HTTP status; of the first answer, where redirects were followed."""

    js_execution_result: dict[str, Any] | None = None
    """What `js_code` returned."""

    screenshot: str | None = None
    """PNG or JPEG, base64."""

    pdf_data: bytes | None = None
    """The printed page."""

    mhtml_data: str | None = None
    """The page with its resources."""

    get_delayed_content: Callable[[float | None], Awaitable[str]] | None = None
    """Returns the HTML after so many seconds more, where the page is still open."""

    downloaded_files: list[str] | None = None
    """Paths of files that were saved."""

    placeholder_html: bool = False
    """Whether `html` only stands in for what is read from elsewhere."""

    ssl_certificate: SSLCertificate | None = None
    """The server's certificate, where it was asked for."""

    redirected_url: str | None = None
    """URL of the last answer."""

    redirected_status_code: int | None = None
    """HTTP status of the last answer."""

    network_requests: list[dict[str, Any]] | None = None
    """Captured requests and responses."""

    console_messages: list[dict[str, Any]] | None = None
    """Captured console messages."""
