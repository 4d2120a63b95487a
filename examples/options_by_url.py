"""Give some pages their own options: the first config whose matcher fits a URL is used."""

import asyncio

from skitter import AsyncWebCrawler, CrawlerRunConfig, DefaultMarkdownGenerator, PruningContentFilter

CONFIGS = [
    CrawlerRunConfig(
        url_matcher=["*/blog/*", "*/article/*"],
        markdown_generator=DefaultMarkdownGenerator(content_filter=PruningContentFilter()),
    ),
    CrawlerRunConfig(url_matcher=lambda url: url.endswith("/json")),
    CrawlerRunConfig(exclude_external_links=True),
]
URLS = ["https://example.com/blog/first", "https://example.com/json", "https://example.com/page1"]


async def main() -> None:
    async with AsyncWebCrawler() as crawler:
        for result in await crawler.arun_many(URLS, config=CONFIGS):
            print(result.url, len(result.markdown), len(result.markdown.fit_markdown or ""))


if __name__ == "__main__":
    asyncio.run(main())
