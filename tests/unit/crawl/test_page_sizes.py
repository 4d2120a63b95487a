"""Pages that are large or nested in every way: read in a time that is linear in their size."""

import time

import pytest

from skitter.config import CrawlerRunConfig
from skitter.crawl.page import Page, PageTask, read_page
from skitter.parse.links import expand_links
from skitter.parse.media import expand_media

URL = "https://www.example.com/"


def read(body: bytes | str, content_type: str = "text/html") -> Page:
    page = read_page(PageTask(url=URL, base_url=URL, body=body, content_type=content_type, options=CrawlerRunConfig()))
    assert page.error is None
    return page


def cpu_s(body: str) -> float:
    started = time.process_time()
    page = read(body)
    expand_links(page.links)
    expand_media(page.media)
    return time.process_time() - started


@pytest.mark.parametrize(
    "part",
    [
        "<p>words ",
        "<div>",
        "<span>",
        "<b><i>",
        "<a href=/x>y</a>",
        "<a href=/x>y<object>",
        "<a href=/x><img src=i.png alt=x width=200>",
        "<img src=a.png data-src=b.png srcset='c.png 1x, d.png 2x' alt=x width=200>",
        "<figure><img src=a.png alt=x width=200>",
        "<div><img src=a.png alt=x width=200></div><div><p>text</div>",
        "<ul><li>",
        "<table><tr><td>",
        "<tr><td>x",
        "<td>x",
        "<h2>x</h2>",
        "<h2><a href=/y>",
        "<meta property=og:x content=y>",
        "<script type=application/ld+json>{</script>",
        "<noscript><p>x</noscript>",
        "<svg><g>",
        "<template><p>",
        "<!-- x ",
        "<!--x-->",
        "<pre>",
        "<pre>x</pre>",
        "<code>`</code>",
        "<select><option>x",
        "<form><input>",
        "<br>",
        "&amp;&#x41;",
        "[x](y) **z** `",
        "<x-y>",
        "<video><source src=a.mp4>",
        "<iframe src=https://www.youtube.com/embed/x></iframe>",
    ],
)
def test_time_grows_with_the_size_and_not_with_its_square(part):
    small, large = part * 1_500, part * 12_000
    least = min(cpu_s(small) for _ in range(3))
    # 8 times as much text, so 64 times the time where it grows with the square; the floor is for what is constant
    assert cpu_s(large) < 24 * max(least, 0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "begins"),
    [
        ("<div>" * 100_000 + "bottom", "bottom"),
        ("<p>words" * 200_000, "words\n\nwords"),
        ("<table>" + "<tr><th>n<td>x<td>y" * 10_000 + "</table>", "|"),
    ],
    ids=["100,000 nested", "200,000 paragraphs", "10,000 rows"],
)
def test_large_pages_are_read(body, begins):
    started = time.process_time()
    page = read(body)
    assert page.raw_markdown.lstrip().startswith(begins)
    assert time.process_time() - started < 10


@pytest.mark.slow
def test_a_hundred_thousand_links_are_read():
    found = expand_links(read("".join(f"<a href=/{n}>link {n}</a> " for n in range(100_000))).links)
    assert len(found["internal"]) == 100_000


@pytest.mark.slow
def test_fifty_megabytes_are_read():
    body = (b"<p>" + b"words and more words " * 50 + b"</p>\n") * 50_000
    started = time.process_time()
    page = read(body)
    assert len(page.raw_markdown) > 50_000_000
    assert time.process_time() - started < 15
