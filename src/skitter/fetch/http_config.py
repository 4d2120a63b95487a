"""HTTPCrawlerConfig: what every request over HTTP has in common."""

import warnings
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import PositiveInt, SecretStr, model_validator

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
        """Body of a POST, PUT, PATCH, DELETE or OPTIONS: a dict is sent as a form, text and bytes as they are."""

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
        """Most requests that run at once, over whatever the dispatcher allows; None sets no limit."""

        @model_validator(mode="after")
        def _one_of_two(self) -> Self:
            for one, other in (("data", "json"), ("auth", "bearer_token")):
                if getattr(self, one) is not None and getattr(self, other) is not None:
                    msg = f"`{one}` and `{other}` exclude each other: give one of them"
                    raise ValueError(msg)
            return self
