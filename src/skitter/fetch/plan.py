"""What one set of options asks of a fetch, worked out once for all pages that share it."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from skitter import __version__
from skitter.errors import ConfigError
from skitter.fetch.engine import ClientKey
from skitter.fetch.headers import checked
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.identity import Identity
from skitter.fetch.options import FetchOptions
from skitter.fetch.user_agents import user_agents

USER_AGENT = f"Mozilla/5.0 (compatible; skitter/{__version__})"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_LANGUAGE = "en-US,en;q=0.9"

_SPELLED = ("Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie")
_BODILESS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the pages of one set of options are asked for.

    Attributes:
        headers: What every request sends, by lower-case name.
        spelled: The names of the headers as they are spelled, in order.
        random_agents: The user agents to pick from; empty where `headers` has the one.
        body: What is sent after the headers.
        authorization: For the origin that is asked for.
        most_redirects: 0 returns a redirect itself.
        undo_brotli: Whether br is offered. It is undone before its size could be counted, so where less may be
            downloaded than a page may hold it is not offered, and both limits hold.
    """

    method: str
    headers: Mapping[str, str]
    spelled: tuple[str, ...]
    random_agents: tuple[str, ...]
    body: bytes | None
    authorization: str | None
    key: ClientKey
    most_redirects: int
    undo_brotli: bool
    downloads_path: str | None


def plan_for(config: HTTPCrawlerConfig, identity: Identity, options: FetchOptions) -> Plan:
    """Work out how the pages of *options* are asked for.

    Raises:
        ConfigError: If options contradict each other, or a header cannot be sent.
    """
    method = options.method if options.method != "GET" else config.method
    body, content_type = _body(config)
    if body is not None and method in _BODILESS:
        msg = f"`data` and `json` are the body of a request, and {method} has none: set `method`, to POST for instance"
        raise ConfigError(msg)
    undo_brotli = options.max_download_bytes >= options.max_body_bytes
    headers = _defaults(options, content_type, undo_brotli=undo_brotli)
    random_agents = _layers(headers, config, identity, options)
    return Plan(
        method=method,
        headers={name: value for name, (_, value) in headers.items()},
        spelled=(*_SPELLED, *(spelled for name, (spelled, _) in headers.items() if spelled not in _SPELLED)),
        random_agents=random_agents,
        body=body,
        authorization=_authorization(config),
        key=ClientKey(
            verify=config.verify_ssl,
            http_version=config.http_version,
            impersonate=options.impersonate,
            most_idle=config.max_connections,
        ),
        most_redirects=options.max_redirects if config.follow_redirects else 0,
        undo_brotli=undo_brotli,
        downloads_path=config.downloads_path,
    )


def basic(user: str, password: str) -> str:
    """Return the Authorization header of a user."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def accept_language(locale: str) -> str:
    """Return the Accept-Language header for a locale such as `de-DE` or `de_DE.UTF-8`.

    Raises:
        ConfigError: If it is none.
    """
    tag = locale.partition(".")[0].replace("_", "-")
    language = tag.partition("-")[0]
    if not tag.replace("-", "").isalnum() or not tag.isascii():
        msg = f"`locale` must be a language such as `en-US`, {locale!r} was given"
        raise ConfigError(msg)
    return tag if language == tag else f"{tag},{language};q=0.9"


Headers = dict[str, tuple[str, str]]


def _defaults(options: FetchOptions, content_type: str | None, *, undo_brotli: bool) -> Headers:
    headers: Headers = {}
    if options.impersonate is None:
        headers["user-agent"] = ("User-Agent", USER_AGENT)
        headers["accept"] = ("Accept", ACCEPT)
        headers["accept-language"] = ("Accept-Language", ACCEPT_LANGUAGE)
    if options.impersonate is None or not undo_brotli:
        encodings = "gzip, deflate, br, zstd" if undo_brotli else "gzip, deflate, zstd"
        headers["accept-encoding"] = ("Accept-Encoding", encodings)
    if options.locale is not None:
        headers["accept-language"] = ("Accept-Language", accept_language(options.locale))
    if content_type is not None:
        headers["content-type"] = ("Content-Type", content_type)
    return headers


def _layers(headers: Headers, config: HTTPCrawlerConfig, identity: Identity, options: FetchOptions) -> tuple[str, ...]:
    """Lay what the caller said over the defaults, the special over the general; return the user agents to pick from."""
    picks: tuple[str, ...] = ()
    for said, mode, narrowed, given, where in (
        (
            identity.user_agent,
            identity.user_agent_mode,
            identity.user_agent_generator_config,
            identity.headers,
            "BrowserConfig",
        ),
        (None, None, {}, config.headers, "HTTPCrawlerConfig"),
        (
            options.user_agent,
            options.user_agent_mode,
            options.user_agent_generator_config,
            options.headers,
            "CrawlerRunConfig",
        ),
    ):
        if mode == "random":
            picks = user_agents(narrowed)
        elif mode is not None or said is not None:
            picks = ()
        if said is not None:
            headers |= checked({"User-Agent": said}, f"{where}.user_agent")
        added = checked(given or {}, f"{where}.headers")
        headers |= added
        if "user-agent" in added:
            picks = ()
    return picks


def _body(config: HTTPCrawlerConfig) -> tuple[bytes | None, str | None]:
    if config.json is not None:
        return json.dumps(config.json, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    data: Any = config.data
    if data is None:
        return None, None
    if isinstance(data, bytes):
        return data, "application/octet-stream"
    if isinstance(data, str):
        return data.encode(), "text/plain; charset=utf-8"
    return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"


def _authorization(config: HTTPCrawlerConfig) -> str | None:
    if config.bearer_token is not None:
        return f"Bearer {_secret(config.bearer_token)}"
    if config.auth is not None:
        return basic(config.auth[0], _secret(config.auth[1]))
    return None


def _secret(value: SecretStr) -> str:
    return value.get_secret_value()
