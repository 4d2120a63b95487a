import pytest

from skitter.parse.content import Kind, kind_of, kind_of_text, media_type

RSS = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>News</title></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title></feed>'
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"<p>x", "text/html; charset=utf-8", Kind.HTML),
        (b"plain", "text/html", Kind.HTML),
        (b"<p>x", "application/xhtml+xml", Kind.HTML),
        (b"<p>x", "", Kind.HTML),
        (b"  <!DOCTYPE html><p>x", "application/octet-stream", Kind.HTML),
        (b"\xef\xbb\xbf<html>", "", Kind.HTML),
        (b"words <b>and</b> markup", "", Kind.HTML),
        (b"a < b and c > d", "", Kind.TEXT),
        (b"just words", "", Kind.TEXT),
        (b"<p>x", "text/plain", Kind.TEXT),
        (b"body {}", "text/css", Kind.TEXT),
        (b"let x = '<div>';", "application/javascript", Kind.TEXT),
        (b"{}", "application/json", Kind.JSON),
        (b"{}", "application/ld+json; charset=utf-8", Kind.JSON),
        (b"{}\n{}", "application/x-ndjson", Kind.JSON),
        (b"<a/>", "application/xml", Kind.XML),
        (b"<a/>", "text/xml", Kind.XML),
        (b"<?xml version='1.0'?><urlset>", "", Kind.XML),
        (RSS.encode(), "", Kind.XML),
        (b"a,b\n1,2", "text/csv", Kind.CSV),
        (PNG, "image/png", Kind.IMAGE),
        (PNG, "text/html", Kind.IMAGE),
        (PNG, "", Kind.IMAGE),
        (b"<svg/>", "image/svg+xml", Kind.IMAGE),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 100, "application/octet-stream", Kind.IMAGE),
        (PDF, "application/pdf", Kind.BINARY),
        (PDF, "text/html", Kind.BINARY),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00\x01" * 50, "", Kind.BINARY),
        (b"\x00\x01\x02\x03" * 100, "text/html", Kind.BINARY),
        (b"\x00\x01\x02\x03" * 100, "", Kind.BINARY),
        (b"ID3 is a format", "text/plain", Kind.TEXT),
        (b"anything", "video/mp4", Kind.BINARY),
        (b"anything", "font/woff2", Kind.BINARY),
        (b"words only", "application/x-something", Kind.TEXT),
        ("<p>\u0434".encode("utf-16"), "text/html", Kind.HTML),
        ("<p>words".encode("utf-16-le"), "text/html", Kind.HTML),
        (b"", "text/html", Kind.EMPTY),
        (b" \r\n\t ", "application/json", Kind.EMPTY),
        ("", "", Kind.EMPTY),
        ("just words", "", Kind.HTML),
        ("{}", "application/json", Kind.JSON),
    ],
)
def test_what_a_body_is(body, content_type, kind):
    assert kind_of(body, content_type) is kind


@pytest.mark.parametrize(
    ("text", "said", "kind"),
    [
        ("<p>x", Kind.HTML, Kind.HTML),
        (' {"a": [1]}', Kind.HTML, Kind.JSON),
        ('{"a": [1]}', Kind.TEXT, Kind.JSON),
        ("[1, 2]", Kind.TEXT, Kind.JSON),
        ("[a link]", Kind.TEXT, Kind.TEXT),
        ("{% template %}", Kind.HTML, Kind.HTML),
        ("123", Kind.TEXT, Kind.TEXT),
        (RSS, Kind.HTML, Kind.FEED),
        (RSS, Kind.XML, Kind.FEED),
        (RSS, Kind.TEXT, Kind.TEXT),
        (ATOM, Kind.XML, Kind.FEED),
        (RDF, Kind.XML, Kind.FEED),
        ("<?xml version='1.0'?><!-- x --><!DOCTYPE html PUBLIC 'x' 'y'><html xmlns='x'>", Kind.XML, Kind.HTML),
        ("<?xml version='1.0'?><svg/>", Kind.XML, Kind.XML),
        ("<x:feedback/>", Kind.XML, Kind.XML),
    ],
)
def test_what_a_text_is(text, said, kind):
    assert kind_of_text(text, said) is kind


def test_the_media_type_is_that_of_the_bytes():
    assert media_type(PDF, "text/html") == "application/pdf"
    assert media_type(b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 99, "") == "image/webp"
    assert media_type(b"\x00\x00\x00\x20ftypavif" + b"\x00" * 99, "") == "image/avif"
    assert media_type(b"<p>", " Text/HTML ; charset=x") == "text/html"
    assert media_type(b"<p>", "") == ""
