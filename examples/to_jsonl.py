"""Write pages to a file, a JSON record a line, failed ones too."""

import asyncio
import json
from pathlib import Path

from skitter import AsyncWebCrawler

URLS = ["https://example.com/page1", "https://example.com/fault/reset", "https://example.com/page2"]


async def main() -> None:
    with Path("pages.jsonl").open("w", encoding="utf-8") as file:
        async with AsyncWebCrawler() as crawler:
            async for result in crawler.arun_many(URLS, stream=True, retry_delay=0.1):
                record = {
                    "url": result.url,
                    "status": result.status_code,
                    "error": result.error.kind if result.error else None,
                    "markdown": result.markdown,
                }
                file.write(json.dumps(record) + "\n")
    print(Path("pages.jsonl").read_text(encoding="utf-8"))


if __name__ == "__main__":
    asyncio.run(main())
