"""What the tests of fetching share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from skitter.fetch.decoding import decoded
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from skitter.model.response import Response

Fetch = Callable[..., Awaitable[Response]]


@pytest.fixture
async def fetcher() -> AsyncIterator[HTTPFetcher]:
    async with HTTPFetcher() as fetcher:
        yield fetcher


@pytest.fixture
def fetch(fetcher: HTTPFetcher) -> Fetch:
    """Fetch a URL with options by keyword: `await fetch(url, max_redirects=0)`."""

    async def fetch(url: str, *, by: HTTPFetcher = fetcher, attempt: int = 0, **options: Any) -> Response:
        return await by.fetch(Request(url=url, attempt=attempt), FetchOptions(**options))

    return fetch


@pytest.fixture
def text() -> Callable[[Response], str]:
    """Return the text of a response's body."""

    def text(response: Response) -> str:
        if isinstance(response.body, str):
            return response.body
        return decoded(response.body, response.content_encoding, response.max_body_bytes).decode()

    return text
