"""Crawl slowly enough for the host, and watch."""

import asyncio

from skitter import AsyncWebCrawler, CrawlerMonitor, DisplayMode, MemoryAdaptiveDispatcher, RateLimiter

URLS = [f"https://example.com/page{number}" for number in range(1, 11)]


async def main() -> None:
    dispatcher = MemoryAdaptiveDispatcher(
        max_session_permit=10,
        rate_limiter=RateLimiter(base_delay=(0.01, 0.03), max_delay=30.0),
        monitor=CrawlerMonitor(urls_total=len(URLS), display_mode=DisplayMode.DETAILED),
    )
    async with AsyncWebCrawler() as crawler:
        results = await crawler.arun_many(URLS, dispatcher=dispatcher)
    for result in results:
        print(result.url, result.dispatch_result.wait_time, result.dispatch_result.attempts)


if __name__ == "__main__":
    asyncio.run(main())
