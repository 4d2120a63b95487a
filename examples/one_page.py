"""Crawl one page and look at what was read from it."""

import asyncio

from skitter import AsyncWebCrawler


async def main() -> None:
    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun("https://example.com")
    print(result.status_code, result.metadata["title"])
    print(result.markdown)
    for link in result.links["internal"] + result.links["external"]:
        print(link["href"], link["text"])


if __name__ == "__main__":
    asyncio.run(main())
