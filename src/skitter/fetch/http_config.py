"""HTTPCrawlerConfig: what every request over HTTP has in common."""

import warnings
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import PositiveInt, SecretStr

from skitter.base.options import Strategy


with warnings.catch_warnings():
    # `json` is the name users know; pydantic warns because its own deprecated `json()` is hidden by it
    warnings.simplefilter("ignore", UserWarning)

    class HTTPCrawlerConfig(Strategy):
        """What every request over HTTP has in common."""

        method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"
        """HTTP method."""

        headers: Mapping[str, str] | None = None
        """Headers of every request."""

        data: Mapping[str, Any] | str | bytes | None = None
        """Body: a dict is sent as a form, text and bytes as they are."""

        json: Any = None
        """Body, sent as JSON."""

        follow_redirects: bool = True
        """Follow redirects; without it the redirect itself is the result."""

        verify_ssl: bool = True
        """Refuse servers whose certificate is wrong."""

        downloads_path: str | None = None
        """Folder where attachments and files that are no pages are saved; None saves none."""

        auth: tuple[str, SecretStr] | None = None
        """User and password for HTTP basic authentication, sent to the host that was asked for and to no other."""

        bearer_token: SecretStr | None = None
        """Token for `Authorization: Bearer`, sent to the host that was asked for and to no other."""

        http_version: Literal["1.1", "2"] | None = None
        """Force one version; None lets the server choose over TLS."""

        max_connections: PositiveInt | None = None
        """Most idle connections that are kept; None sets no limit."""
