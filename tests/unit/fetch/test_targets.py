import pytest

from skitter.errors import InvalidURL
from skitter.fetch.targets import is_local, read_target, redirected, shown


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://example.com", "http://example.com/"),
        ("  HTTPS://EXAMPLE.com:443/a/../b ", "https://example.com/b"),
        ("http://münchen.example/ü?q=ö#ä", "http://xn--mnchen-3ya.example/%C3%BC?q=%C3%B6#%C3%A4"),
        ("http://例え.テスト/パス", "http://xn--r8jz45g.xn--zckzah/%E3%83%91%E3%82%B9"),
        ("http://a.example/with space?and more", "http://a.example/with%20space?and%20more"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://[::FFFF:1.2.3.4]:8080/", "http://[::ffff:102:304]:8080/"),
        ("view-source:http://a.example/", "http://a.example/"),
    ],
)
def test_urls_are_normalised_as_browsers_do(written: str, url: str):
    assert read_target(written).url == url


def test_user_and_password_are_taken_out_of_the_url():
    target = read_target("http://us%40er:p%3Ass@a.example:81/x#y")
    assert target.auth == ("us@er", "p:ss")
    assert target.url == "http://a.example:81/x#y"
    assert target.wire_url == "http://a.example:81/x"
    assert target.origin == ("http", "a.example", 81)


def test_ipv6_hosts_lose_their_brackets():
    assert read_target("http://[::1]:8080/").host == "::1"


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("example.com", "https://example.com"),
        ("example.com/a?b#c", "https://example.com/a?b#c"),
        ("localhost:8000/x", "http://localhost:8000/x"),
        ("//example.com/x", "https://example.com/x"),
        ("ftp://example.com/x", "ftp: URLs cannot be crawled"),
        ("javascript:alert(1)", "javascript: URLs cannot be crawled"),
        ("mailto:me@example.com", "mailto: URLs cannot be crawled"),
        ("tel:12345", "tel: URLs cannot be crawled"),
        ("data:text/html,hi", "data: URLs cannot be crawled"),
        ("", "empty"),
        ("   ", "empty"),
        ("some words", "is no URL"),
        ("/only/a/path", "is no URL"),
        ("http://", "no valid URL"),
        ("http://[::1", "no valid URL"),
        ("http://a.example:99999/", "no valid URL"),
    ],
)
def test_what_is_no_url_is_refused_with_advice(written: str, advice: str):
    with pytest.raises(InvalidURL) as caught:
        read_target(written)
    assert advice in str(caught.value)
    assert caught.value.kind == "invalid_url"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("next", "http://a.example/dir/next#f"),
        ("/root", "http://a.example/root#f"),
        ("?only=query", "http://a.example/dir/page?only=query#f"),
        ("//b.example/x", "http://b.example/x#f"),
        ("https://c.example/#own", "https://c.example/#own"),
        ("../ü", "http://a.example/%C3%BC#f"),
    ],
)
def test_redirects_are_relative_and_inherit_the_fragment(location: str, url: str):
    assert redirected(read_target("http://a.example/dir/page#f"), location).url == url


@pytest.mark.parametrize("location", ["ftp://b.example/", "file:///etc/passwd", "javascript:1", "data:,x", "http://["])
def test_redirects_elsewhere_than_the_web_are_refused(location: str):
    with pytest.raises(InvalidURL, match=r"http://a\.example/ redirects to"):
        redirected(read_target("http://a.example/"), location)


def test_messages_show_no_password_and_no_novel():
    assert shown("http://user:secret@a.example/x@y") == "http://a.example/x@y"
    assert len(shown("http://a.example/" + "x" * 1000)) < 250


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("raw:<p>", True),
        ("RAW://<p>", True),
        (" raw:x", True),
        ("file:///x", True),
        ("File:///x", True),
        ("rawr:x", False),
        ("http://raw:x@h", False),
    ],
)
def test_local_urls_are_told_apart(url: str, local: bool):
    assert is_local(url) is local
