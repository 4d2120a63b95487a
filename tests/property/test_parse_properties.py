import json
import re
from typing import Any
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from skitter.config import CrawlerRunConfig
from skitter.crawl.page import Page, PageTask, read_page
from skitter.parse import charset
from skitter.parse.links import expand_links
from skitter.parse.media import expand_media
from skitter.parse.metadata import expand_metadata

URL = "https://www.example.com/a/b.html"

WORDS = st.text(st.sampled_from("abcxyz \u00e9\u0434\u4e2d<>&\"'`*_[]()#|\\\n\t\u00a0"), max_size=12)
TOKENS = st.sampled_from([" alpha ", " bravo ", " charlie ", " delta ", "\n", ""])  # never glued to each other


def one_of(*lines: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word for line in lines for word in re.findall(r"\S+", line)])


TAGS = one_of(
    "a a a area img img p div span b em code pre ul li ol table tr td th thead caption h1 h2 title meta link base",
    "script style noscript template svg math form input select option button video audio source iframe object",
    "picture figure figcaption blockquote br hr dl dt dd body html head plaintext textarea x-y",
)
REFERENCES = one_of(
    "/ // /x ?q #f .. ../.. ./y //h/x http: http:// http:x https://other.org HTTP://Other.ORG:80/../a http://[",
    "javascript:x mailto:a@b data:image/png;base64,AAAA tel:1 http://a.b/%zz?x=1&x=2&ref= \\x ftp://f/x",
)
ADDRESSES = one_of("href src srcset data-src data-srcset poster")
NAMES = one_of("alt title rel class style width height colspan rowspan type name property content role lang http-equiv")
VALUES = one_of("0 1 2 999999999 canonical icon og:title description stylesheet none display:none")
MARKUP = st.sampled_from(["<!--", "-->", "<!DOCTYPE html>", "<![CDATA[", "&amp;", "&#0;", "<", "{"])


@st.composite
def markup(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS) -> str:
    """Return markup that is mostly well-formed and means something, and now and then neither."""
    parts: list[str] = []
    for _ in range(draw(st.integers(0, 25))):
        match draw(st.integers(0, 6)):
            case 0 | 1:
                attributes = draw(st.dictionaries(ADDRESSES, REFERENCES, max_size=2))
                attributes |= draw(st.dictionaries(NAMES, st.one_of(words, VALUES), max_size=3))
                said = "".join(f' {name}="{value}"' for name, value in attributes.items())
                parts.append(f"<{draw(TAGS)}{said}>")
            case 2:
                parts.append(f"</{draw(TAGS)}>")
            case 3 | 4 | 5:
                parts.append(draw(words))
            case _:
                parts.append(draw(MARKUP))
    return "".join(parts)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "score_links": st.booleans(),
        "preserve_https_for_internal_links": st.booleans(),
        "image_score_threshold": st.integers(-1, 7),
        "table_score_threshold": st.integers(-10, 10),
        "only_text": st.booleans(),
        "exclude_external_links": st.booleans(),
        "word_count_threshold": st.integers(0, 5),
        "prefetch": st.booleans(),
    },
)


def read(body: bytes | str, content_type: str = "text/html", url: str = URL, **options: Any) -> Page:
    config = CrawlerRunConfig(**options)
    page = read_page(PageTask(url=url, base_url=url, body=body, content_type=content_type, options=config))
    assert page.error is None
    return page


def expanded(page: Page) -> dict[str, Any]:
    links, media = expand_links(page.links), expand_media(page.media)
    return {"links": links, "media": media, "metadata": expand_metadata(page.metadata), "tables": page.tables}


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=400), content_type=st.sampled_from(["", "text/html", "text/html; charset=shift_jis", "x"])
)
def test_any_bytes_are_a_page(body: bytes, content_type: str):
    expanded(read(body, content_type))


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=200),
    label=one_of("utf-8 latin1 gb2312 big5 shift_jis euc-jp iso-2022-jp utf-16 utf-16be koi8-r hz-gb-2312 nope"),
)
def test_any_bytes_are_text_and_the_same_text_again(body: bytes, label: str):
    decoded = charset.decode(body, f"text/html; charset={label}")
    assert charset.text(body, decoded.encoding) == decoded.text
    assert not re.search("[\ud800-\udfff]", decoded.text)


@settings(max_examples=100, deadline=None)
@given(words=st.text(max_size=200))
def test_text_in_utf_8_is_read_as_it_was_written(words: str):
    whole = words.replace("\x1b", "").replace("\0", "").removeprefix("\ufeff")
    assert charset.decode(whole.encode(), "text/html").text == whole


@settings(max_examples=300, deadline=None)
@given(body=markup(), options=OPTIONS)
def test_any_markup_is_a_page_that_can_be_written_down(body: str, options: dict[str, Any]):
    page = read(body, **options)
    assert json.dumps([expanded(page), page.cleaned_html, page.raw_markdown], ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(body=markup(), url=st.sampled_from([URL, "http://localhost:8080", "file:///tmp/x.html", "raw:"]))
def test_links_and_media_are_absolute_and_there_once(body: str, url: str):
    found = expanded(read(body, url=url))
    hrefs = [link["href"] for kind in found["links"].values() for link in kind]
    assert len(hrefs) == len(set(hrefs))
    for href in hrefs:
        assert urlsplit(href).scheme in {"http", "https", "ftp", "file"}
        assert "#" not in href
    for kind in found["media"].values():
        assert all(urlsplit(one["src"]).scheme in {"http", "https", "ftp", "file", "data"} for one in kind)


@settings(max_examples=300, deadline=None)
@given(body=markup(TOKENS))
def test_no_text_is_invented(body: str):
    found = expanded(read(body, image_score_threshold=-1, table_score_threshold=-99))
    texts = [link[name] for kind in found["links"].values() for link in kind for name in ("text", "title", "context")]
    texts += [one[name] for kind in found["media"].values() for one in kind for name in ("alt", "desc")]
    texts += [cell for table in found["tables"] for row in [table["headers"], *table["rows"]] for cell in row]
    texts += [found["metadata"].get(name) or "" for name in ("title", "description", "author")]
    for word in re.findall(r"[^\W\d_]+", " ".join(texts)):
        assert word in body  # a bound may have cut it


@settings(max_examples=100, deadline=None)
@given(body=markup())
def test_the_same_page_gives_the_same_answer(body: str):
    first, second = read(body), read(body)
    assert expanded(first) == expanded(second)
    assert (first.cleaned_html, first.raw_markdown) == (second.cleaned_html, second.raw_markdown)


@settings(max_examples=100, deadline=None)
@given(body=markup())
def test_rows_of_a_table_are_equally_long(body: str):
    for table in read(f"<table>{body}</table>", table_score_threshold=-99).tables:
        widths = {len(row) for row in [*table["rows"], *([table["headers"]] if table["headers"] else [])]}
        assert len(widths) <= 1
