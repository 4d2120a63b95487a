"""The good pages of the tests' web: what a well-behaved server answers.

A page is named by the first segment of its path; `page#` stands for page1, page2, … The rest of the path and the query
are its arguments.
"""

import asyncio
import base64
import gzip
import struct
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from tests.site.server import Answer, Asked, Page

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGES: dict[str, Page] = {}
"""Every good page by its name."""


def page(name: str) -> Callable[[Page], Page]:
    """Put a page into the table under *name*."""

    def put(function: Page) -> Page:
        PAGES[name] = function
        return function

    return put


def document(title: str, body: str, *, head: str = "") -> str:
    """Return a whole HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>\n'
        f"<body>\n{body}\n</body></html>"
    )


@page("")
async def start(asked: Asked, answer: Answer) -> None:
    """Stand in for https://example.com in the documentation."""
    del asked
    body = (
        "<div><h1>Example Domain</h1>\n<p>This page stands for any page on the web.</p>\n"
        '<p><a href="/page1">A first page</a> and <a href="https://www.iana.org/domains">more about it</a></p></div>'
    )
    await answer.send(document("Example Domain", body))


@page("page#")
async def numbered(asked: Asked, answer: Answer) -> None:
    """Answer /page1 to /page99: a title, three paragraphs, two links and an image."""
    n = int(asked.parts[0].removeprefix("page") or 0)
    body = (
        f"<h1>Page {n}</h1>\n"
        f"<p>This is page number {n} of a small web that is made for tests.</p>\n"
        f'<p>The next one is <a href="/page{n % 99 + 1}">page {n % 99 + 1}</a>, and elsewhere there is '
        f'<a href="https://other.example/about?from={n}">another site</a>.</p>\n'
        f'<img src="/image.png?{n}" alt="A picture of the number {n}" width="320" height="200">\n'
        f"<p>Its last paragraph says that {n} times two is {2 * n}.</p>"
    )
    await answer.send(document(f"Page {n}", body, head=f'<meta name="description" content="Page number {n}">'))


@page("blog")
async def blog(asked: Asked, answer: Answer) -> None:
    """Answer /blog/<anything>: a post among navigation, a sidebar and a footer."""
    await answer.send(_post("First post", "post", asked.path))


@page("article")
async def article(asked: Asked, answer: Answer) -> None:
    """Answer /article/<anything>: the same as a post, in an <article>."""
    await answer.send(_post("Article one", "article", asked.path))


def _post(title: str, kind: str, path: str) -> str:
    links = "".join(f'<li><a href="/page{n}">Page {n}</a></li>' for n in range(1, 8))
    tag = "article" if kind == "article" else "div"
    paragraphs = [
        "A crawler that visits many sites has to be patient, because every host answers at its own speed and some of "
        "them do not answer at all, whatever one does.",
        "It also has to be polite: a host that says that it is busy is left alone for as long as it asked, while the "
        "other hosts are visited as if nothing had happened.",
        "What comes out in the end is text, and text is only useful when the menus, the advertisements and the footers "
        "of the page have been left behind.",
    ]
    text = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    body = (
        f'<nav class="menu"><ul>{links}</ul></nav>\n'
        f'<{tag} class="{kind}"><h1>{title}</h1>\n{text}\n'
        "<h2>A table</h2>\n<table><thead><tr><th>Host</th><th>Pages</th></tr></thead><tbody>"
        "<tr><td>one.example</td><td>120</td></tr><tr><td>two.example</td><td>7</td></tr></tbody></table>\n"
        '<pre><code class="language-python">def visit(host):\n    return host.pages  # all of them\n</code></pre>'
        f"</{tag}>\n"
        '<aside class="sidebar"><h3>Most read</h3><ul><li><a href="/page9">Page 9</a></li></ul></aside>\n'
        '<form action="/echo"><input name="mail"><button>Subscribe</button></form>\n'
        '<footer><a href="/page98">Imprint</a> <a href="https://www.facebook.com/example">Facebook</a></footer>\n'
        "<script>document.title = 'changed by a script';</script>"
    )
    head = (
        '<meta name="description" content="On patience and politeness">'
        f'<meta property="og:title" content="{title}"><link rel="canonical" href="{path}">'
        '<script type="application/ld+json">{"@type": "Article", "author": {"name": "A. Writer"}}</script>'
    )
    return document(title, body, head=head)


@page("delay")
async def delay(asked: Asked, answer: Answer) -> None:
    """Answer /delay/<seconds> after so many seconds."""
    await asyncio.sleep(float(asked.parts[1]))
    await answer.send(document("Late", f"<h1>Late</h1><p>This page took {asked.parts[1]} s.</p>"))


# ---- what is not HTML


@page("json")
async def as_json(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.json({"name": "skitter", "pages": [1, 2, 3], "nested": {"ä": None}})


@page("xml")
async def as_xml(asked: Asked, answer: Answer) -> None:
    del asked
    xml = '<?xml version="1.0"?><notes><note id="1">First note</note><note id="2">Second note</note></notes>'
    await answer.send(xml, content_type="application/xml")


@page("feed")
async def feed(asked: Asked, answer: Answer) -> None:
    del asked
    items = "".join(
        f"<item><title>Page {n}</title><link>/page{n}</link><description>About {n}</description></item>"
        for n in range(1, 4)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>A feed</title>{items}</channel></rss>'
    await answer.send(rss, content_type="application/rss+xml")


@page("text")
async def as_text(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send("Plain text,\nin <two> lines.\n", content_type="text/plain; charset=utf-8")


@page("binary")
async def as_binary(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send(bytes(range(256)) * 16, content_type="application/octet-stream")


@page("image.png")
async def image(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send(_png(), content_type="image/png")


@page("dummy.pdf")
async def pdf(asked: Asked, answer: Answer) -> None:
    """Answer a one-page PDF with the text "Dummy PDF file"."""
    del asked
    await answer.send(_pdf("Dummy PDF file"), content_type="application/pdf")


@page("empty")
async def empty(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send("")


@page("only-image")
async def only_image(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send('<img src="/image.png">')


@page("attachment")
async def attachment(asked: Asked, answer: Answer) -> None:
    del asked
    headers = {"Content-Disposition": 'attachment; filename="numbers.csv"'}
    await answer.send("a,b\n1,2\n", content_type="text/csv", headers=headers)


def _png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


def _pdf(text: str) -> bytes:
    drawing = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n" % (len(objects) + 1, table)
    return data + head + b"<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))


# ---- who is asking


@page("login")
async def login(asked: Asked, answer: Answer) -> None:
    """Set the cookie `who`, to `me` or to what the query says."""
    who = asked.query.get("who", "me")
    headers = [("Set-Cookie", f"who={who}; Path=/"), ("Set-Cookie", "theme=dark; Path=/; HttpOnly")]
    await answer.send(document("Login", f"<h1>Login</h1><p>Welcome, {who}.</p>"), headers=headers)


@page("whoami")
async def whoami(asked: Asked, answer: Answer) -> None:
    who = _cookies(asked).get("who", "nobody")
    await answer.send(document("Who am I", f"<h1>Who am I</h1><p>You are {who}.</p>"))


@page("cookies")
async def cookies(asked: Asked, answer: Answer) -> None:
    await answer.json(_cookies(asked))


@page("set-cookies")
async def set_cookies(asked: Asked, answer: Answer) -> None:
    """Set what the query says, each for `?path=…` or the whole site."""
    await answer.send(
        "<p>Set.</p>", headers=[("Set-Cookie", f"{name}={value}; Path=/") for name, value in asked.query.items()]
    )


def _cookies(asked: Asked) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in asked.headers.get("cookie", "").split(";") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


@page("headers")
async def headers(asked: Asked, answer: Answer) -> None:
    await answer.json(dict(asked.headers))


@page("echo")
async def echo(asked: Asked, answer: Answer) -> None:
    """Answer what was asked: method, target, headers and body."""
    said = {
        "method": asked.method,
        "target": asked.target,
        "headers": dict(asked.headers),
        "body": asked.body.decode("latin-1"),
    }
    await answer.json(said)


@page("basic-auth")
async def basic_auth(asked: Asked, answer: Answer) -> None:
    """Answer /basic-auth/<user>/<password> to that user only."""
    right = "Basic " + base64.b64encode(":".join(asked.parts[1:3]).encode()).decode()
    if asked.headers.get("authorization") == right:
        await answer.send(document("Inside", f"<h1>Inside</h1><p>Hello, {asked.parts[1]}.</p>"))
    else:
        await answer.send("<h1>Who are you?</h1>", status=401, headers={"WWW-Authenticate": 'Basic realm="tests"'})


# ---- statuses, redirects, caching


@page("status")
async def status(asked: Asked, answer: Answer) -> None:
    """Answer /status/<code> with that status and a page that says so."""
    code = int(asked.parts[1])
    body = "" if code in {204, 304} else document(f"Status {code}", f"<h1>Status {code}</h1><p>As you asked.</p>")
    await answer.send(body, status=code)


@page("redirect")
async def redirect(asked: Asked, answer: Answer) -> None:
    """Answer /redirect/<n>?status=302 with a chain of n redirects to /page1."""
    left = int(asked.parts[1])
    query = "?" + asked.target.partition("?")[2] if "?" in asked.target else ""
    place = f"/redirect/{left - 1}{query}" if left > 1 else "/page1"
    await answer.send("<p>Elsewhere.</p>", status=int(asked.query.get("status", 302)), headers={"Location": place})


@page("redirect-to")
async def redirect_to(asked: Asked, answer: Answer) -> None:
    """Redirect to `?url=…`."""
    place = quote(asked.query["url"], safe=":/?#[]@!$&'()*+,;=%")
    await answer.send("<p>Elsewhere.</p>", status=int(asked.query.get("status", 302)), headers={"Location": place})


@page("cached")
async def cached(asked: Asked, answer: Answer) -> None:
    """Answer /cached/<version> with an ETag and a date, and 304 where the client has that version."""
    tag = f'"{asked.parts[1]}"'
    headers = {"ETag": tag, "Last-Modified": "Mon, 06 Jan 2025 10:00:00 GMT", "Cache-Control": "max-age=60"}
    fresh = (
        asked.headers.get("if-none-match") == tag or asked.headers.get("if-modified-since") == headers["Last-Modified"]
    )
    body = "" if fresh else document("Cached", f"<h1>Version {asked.parts[1]}</h1>")
    await answer.send(body, status=304 if fresh else 200, headers=headers)


@page("retry")
async def retry(asked: Asked, answer: Answer) -> None:
    """Answer /retry/<status>/<k>?after=<seconds> k times with that status, then with a page.

    With `&as=date` the Retry-After is a date. Another query string counts apart.
    """
    code, times = int(asked.parts[1]), int(asked.parts[2])
    if asked.count > times:
        await answer.send(document("At last", f"<h1>At last</h1><p>After {times} refusals.</p>"))
        return
    headers = {}
    if (after := asked.query.get("after")) is not None:
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=float(after)), usegmt=True)
        headers["Retry-After"] = moment if asked.query.get("as") == "date" else after
    await answer.send(document("Busy", "<h1>Busy</h1><p>Come again.</p>"), status=code, headers=headers)


# ---- many pages


@page("graph")
async def graph(asked: Asked, answer: Answer) -> None:
    """Answer /graph/<n>: node n of 127, linked to its two children, its parent and the start."""
    n = int(asked.parts[1])
    near = [m for m in (2 * n, 2 * n + 1, n // 2, 1) if 1 <= m <= 127 and m != n]
    links = "\n".join(f'<li><a href="/graph/{m}">Node {m}</a></li>' for m in dict.fromkeys(near))
    await answer.send(document(f"Node {n}", f"<h1>Node {n}</h1><p>A node of a graph.</p><ul>{links}</ul>"))


@page("calendar")
async def calendar(asked: Asked, answer: Answer) -> None:
    """Answer /calendar/<n>: a page that always has a next one."""
    n = int(asked.parts[1])
    body = f'<h1>Day {n}</h1><p>Nothing happened.</p><a href="/calendar/{n + 1}">Tomorrow</a>'
    await answer.send(document(f"Day {n}", body))


@page("big")
async def big(asked: Asked, answer: Answer) -> None:
    """Answer /big/<kilobytes>: a long page of paragraphs."""
    paragraph = "<p>" + "All work and no play makes a long page. " * 25 + "</p>\n"
    await answer.send(document("Big", paragraph * int(asked.parts[1])))


@page("nested")
async def nested(asked: Asked, answer: Answer) -> None:
    """Answer /nested/<depth>: so many <div> in one another."""
    depth = int(asked.parts[1])
    await answer.send(document("Nested", "<div>" * depth + "At the bottom" + "</div>" * depth))


@page("robots.txt")
async def robots(asked: Asked, answer: Answer) -> None:
    del asked
    await answer.send("User-agent: *\nDisallow: /private/\nCrawl-delay: 1\n", content_type="text/plain")


# ---- encodings

_WORDS = "Füße, naïve café, 5 €"


@page("charset")
async def charset(asked: Asked, answer: Answer) -> None:
    """Answer /charset/<where>/<encoding>: a page whose encoding is named by where = header, meta, bom, none or wrong.

    `wrong` says utf-8 in the header and means the encoding that is given.
    """
    where, encoding = asked.parts[1:3]
    head = f'<meta charset="{encoding}">' if where == "meta" else ""
    text = f"<html><head>{head}<title>{_WORDS}</title></head><body><p>{_WORDS}</p></body></html>"
    body = text.encode(encoding, "replace")
    if where == "bom":
        body = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding] + body
    named = {"header": f"; charset={encoding}", "wrong": "; charset=utf-8"}.get(where, "")
    await answer.send(body, content_type="text/html" + named)


@page("encoded")
async def encoded(asked: Asked, answer: Answer) -> None:
    """Answer /encoded/<gzip|deflate|raw-deflate|zstd>: a page so encoded, whatever the client accepts."""
    name = asked.parts[1]
    body = document("Encoded", f"<h1>Encoded</h1><p>By {name}.</p>").encode()
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": lambda: gzip.compress(body),
        "deflate": lambda: zlib.compress(body),
        "raw-deflate": lambda: raw.compress(body) + raw.flush(),
        "zstd": lambda: zstd.compress(body),
    }[name]()
    await answer.send(packed, headers={"Content-Encoding": name.removeprefix("raw-")})


@page("accept")
async def accept(asked: Asked, answer: Answer) -> None:
    """Answer /accept packed with gzip where the client accepts it, else plain."""
    body = document("Packed", "<h1>Packed</h1>").encode()
    if "gzip" in asked.headers.get("accept-encoding", ""):
        await answer.send(gzip.compress(body), headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    else:
        await answer.send(body, headers={"Vary": "Accept-Encoding"})
