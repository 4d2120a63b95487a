"""A program with types: `make types` checks it as a user's checker would, and a test runs it."""

import asyncio
import sys
from typing import assert_type

import skitter
from skitter import (
    AsyncWebCrawler,
    BrowserConfig,
    CacheMode,
    CrawlerMonitor,
    CrawlerRunConfig,
    CrawlRequest,
    CrawlResult,
    DefaultMarkdownGenerator,
    DispatchResult,
    DisplayMode,
    MatchMode,
    MemoryAdaptiveDispatcher,
    ProxyConfig,
    PruningContentFilter,
    RateLimiter,
)


def is_wanted(url: str) -> bool:
    """Match a config to URLs."""
    return "page" in url


async def main(base: str) -> int:
    """Crawl in every way there is."""
    config = CrawlerRunConfig(
        cache_mode=CacheMode.BYPASS,
        excluded_tags=["nav", "footer"],
        target_elements=["main", "body"],
        markdown_generator=DefaultMarkdownGenerator(content_filter=PruningContentFilter(threshold=0.48)),
        url_matcher=["*/page*", is_wanted],
        match_mode=MatchMode.OR,
    )
    assert_type(config, CrawlerRunConfig)
    assert_type(config.clone(stream=True), CrawlerRunConfig)
    assert_type(config.cache_mode, CacheMode)
    proxy = ProxyConfig(server="http://127.0.0.1:9")
    assert_type(proxy.server, str)
    dispatcher = MemoryAdaptiveDispatcher(
        memory_threshold_percent=90.0,
        max_session_permit=10,
        rate_limiter=RateLimiter(base_delay=(0.0, 0.1), max_delay=3.0, max_retries=2),
        monitor=CrawlerMonitor(max_visible_rows=15, display_mode=DisplayMode.DETAILED),
    )
    done = 0
    async with AsyncWebCrawler(config=BrowserConfig(headless=True, headers={"X-One": "1"})) as crawler:
        result = await crawler.arun(f"{base}/page1", config=config, session_id="one")
        assert_type(result, CrawlResult)
        assert_type(result.markdown.raw_markdown, str)
        assert_type(result.dispatch_result, DispatchResult | None)
        assert_type(result[0], CrawlResult)
        done += result.success

        results: list[CrawlResult] = await crawler.arun_many([f"{base}/page2", CrawlRequest(f"{base}/page3")], config)
        done += sum(one.success for one in results)

        streamed = crawler.arun_many([f"{base}/page4"], config=[config.clone(stream=True)], dispatcher=dispatcher)
        async for one in streamed:
            assert_type(one, CrawlResult)
            done += one.success
    return done


if __name__ == "__main__":
    crawled = asyncio.run(main(sys.argv[1]))
    assert_type(skitter.crawl("raw:<h1>Tea</h1>"), CrawlResult)
    assert_type(skitter.crawl(["raw:<h1>Tea</h1>"]), list[CrawlResult])
    sys.exit(f"{crawled} of 4 pages" if crawled < 4 else 0)
