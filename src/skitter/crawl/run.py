"""What a crawl of one URL learns on its way: its attempts and what came of each."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skitter.config.crawl import CrawlerRunConfig
from skitter.errors import CrawlError, FetchError
from skitter.model.response import Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that did not give the page.

    Attributes:
        reason: The error's kind.
        message: What happened.
        status: HTTP status, None where none came.
        proxy: The proxy's server, None for a direct connection.
        waited_s: Seconds until the next attempt, 0 where there was none.
    """

    reason: str
    message: str
    status: int | None = None
    proxy: str | None = None
    waited_s: float = 0.0


@dataclass(slots=True)
class Run:
    """One URL on its way, over all its attempts."""

    url: str
    config: CrawlerRunConfig
    metadata: Mapping[str, Any] = field(default_factory=dict)
    failed: list[Attempt] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    _proxy: str | None = None

    @property
    def attempt(self) -> int:
        """The number of the attempt that is due, from 0."""
        return len(self.failed)

    def note_proxy(self, server: str | None) -> None:
        """Note the proxy that the attempt which runs goes through."""
        self._proxy = server

    def note(self, error: CrawlError, response: Response | None, *, waited_s: float) -> None:
        """Note that the attempt which ran did not give the page.

        Args:
            error: Why.
            response: The answer, where there was one.
            waited_s: Seconds until the next attempt, 0 where there is none.
        """
        said = error.proxy if isinstance(error, FetchError) else None
        self.failed.append(
            Attempt(
                reason=error.kind,
                message=str(error),
                status=response.status if response is not None else getattr(error, "status", None),
                proxy=response.proxy if response is not None else said or self._proxy,
                waited_s=waited_s,
            )
        )

    def stats(self, response: Response | None, *, resolved_by: str | None) -> dict[str, Any]:
        """Return what `result.crawl_stats` says.

        Args:
            response: The answer the result is made of, None where there is none.
            resolved_by: Who gave the page: "direct", "proxy", "fallback_fetch", "local", or None where nobody did.
        """
        attempts = len(self.failed) + (resolved_by in {"direct", "proxy", "local"})
        proxies = [
            {"proxy": one.proxy or "direct", "status_code": one.status, "blocked": False, "reason": one.message}
            for one in self.failed
        ]
        stats: dict[str, Any] = {
            "attempts": attempts,
            "retries": max(0, attempts - 1),
            "reasons": [
                {"reason": one.reason, "message": one.message, "status_code": one.status, "waited_s": one.waited_s}
                for one in self.failed
            ],
            "proxies_used": proxies,
            "fallback_fetch_used": resolved_by == "fallback_fetch",
            "resolved_by": resolved_by,
            "redirects": [],
            "took_s": round(time.monotonic() - self.started, 6),
        }
        if response is None:
            return stats
        if resolved_by in {"direct", "proxy"}:
            proxies.append(
                {"proxy": response.proxy or "direct", "status_code": response.status, "blocked": False, "reason": ""}
            )
        stats["redirects"] = [
            {"url": hop.url, "status_code": hop.status, "location": hop.location} for hop in response.hops
        ]
        stats["http_version"] = response.http_version
        stats["remote_address"] = response.remote_address
        stats["body_bytes"] = len(response.body)
        return stats
