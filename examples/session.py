"""Log in once and stay logged in: crawls with the same session share their cookies."""

import asyncio

from skitter import AsyncWebCrawler


async def main() -> None:
    async with AsyncWebCrawler() as crawler:
        await crawler.arun("https://example.com/login", session_id="reader")
        result = await crawler.arun("https://example.com/whoami", session_id="reader")
    print(result.markdown)


if __name__ == "__main__":
    asyncio.run(main())
