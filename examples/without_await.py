"""Crawl in a plain script or a notebook: no `async`, no `await`."""

import skitter

pages = skitter.crawl(["https://example.com/page1", "https://example.com/page2"], only_text=True)
for page in pages:
    print(page.markdown.splitlines()[0])
