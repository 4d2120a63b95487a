"""Small crawls that show whether an installation works: no page of them comes from outside of this machine."""

import asyncio
import gzip
from collections.abc import Callable, Coroutine
from typing import Any

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Self-test</title></head><body>
<h1>Tea</h1><p>Steep for <b>four</b> minutes.</p><a href="https://example.com/next">Next</a>
<table><tr><th>Tea</th><th>Minutes</th></tr><tr><td>green</td><td>2</td></tr></table>
<img src="cup.png" alt="A cup of tea"></body></html>"""

_LIMIT_S = 30.0


async def _read_a_page() -> str | None:
    """Crawl HTML that is given, through parsing, cleaning and Markdown; return what is wrong."""
    return await _crawl(f"raw:{_PAGE}")


async def _fetch_a_page() -> str | None:
    """Crawl the same HTML, compressed, from a server on this machine; return what is wrong."""
    body = gzip.compress(_PAGE.encode())
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await _crawl(f"http://127.0.0.1:{port}/")


async def _crawl(url: str) -> str | None:
    from skitter.crawler import AsyncWebCrawler

    async with asyncio.timeout(_LIMIT_S), AsyncWebCrawler() as crawler:
        page = await crawler.arun(url)
    if not page.success:
        return page.error_message or "failed"
    parts = {
        "Markdown": "# Tea" in page.markdown and "**four**" in page.markdown,
        "title": (page.metadata or {}).get("title") == "Self-test",
        "links": any(link["href"] == "https://example.com/next" for side in page.links.values() for link in side),
        "cleaned HTML": "<h1>Tea</h1>" in (page.cleaned_html or ""),
    }
    wrong = [name for name, is_right in parts.items() if not is_right]
    return f"wrong: {', '.join(wrong)}" if wrong else None


SELF_TESTS: dict[str, Callable[[], Coroutine[Any, Any, str | None]]] = {
    "parsing, cleaning and Markdown": _read_a_page,
    "fetching from a local server": _fetch_a_page,
}
"""Each returns None, or what is wrong."""
