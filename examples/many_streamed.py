"""Crawl many pages and take each as it finishes: memory stays flat however many there are."""

import asyncio
from collections.abc import Iterator

from skitter import AsyncWebCrawler


def urls() -> Iterator[str]:
    """Yield addresses one at a time; they are asked for as the crawl gets on."""
    for number in range(1, 51):
        yield f"https://example.com/page{number}"


async def main() -> None:
    words = 0
    async with AsyncWebCrawler() as crawler:
        async for result in crawler.arun_many(urls(), stream=True):
            if result.success:
                words += len(result.markdown.split())
            else:
                print(result.url, result.error_message)
    print(f"{words} words")


if __name__ == "__main__":
    asyncio.run(main())
