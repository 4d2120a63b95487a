import pytest

from skitter.errors import ConfigError
from skitter.fetch.cookies import Cookie, CookieJar
from skitter.fetch.targets import read_target

NOW = 1_800_000_000.0
SITE = "https://www.shop.example/cart/view"


def received(*lines: str, url: str = SITE) -> CookieJar:
    jar = CookieJar()
    jar.receive("\n".join(lines), read_target(url), NOW)
    return jar


def sent(jar: CookieJar, url: str = SITE, now: float = NOW) -> str:
    return jar.header_for(read_target(url), now)


def test_a_cookie_comes_back_to_its_host_only():
    jar = received("a=1")
    assert sent(jar) == "a=1"
    assert sent(jar, "https://shop.example/cart/") == ""
    assert sent(jar, "https://x.www.shop.example/cart/") == ""
    assert sent(jar, "https://other.example/cart/") == ""


def test_a_domain_cookie_goes_to_subdomains():
    jar = received("a=1; Domain=.Shop.Example; Path=/")
    assert sent(jar, "https://shop.example/") == "a=1"
    assert sent(jar, "https://deep.in.shop.example/") == "a=1"
    assert sent(jar, "https://notshop.example/") == ""


@pytest.mark.parametrize("domain", ["com", "co.uk", "other.com", "www.shop.com.evil.com", "shop.co"])
def test_a_cookie_cannot_be_set_for_others(domain: str):
    assert len(received(f"a=1; Domain={domain}", url="https://www.shop.com/")) == 0
    assert len(received("a=1; Domain=co.uk", url="https://www.shop.co.uk/")) == 0
    assert len(received("a=1; Domain=github.io", url="https://me.github.io/")) == 0


def test_a_host_that_is_a_public_suffix_may_keep_its_own_cookie():
    jar = received("a=1; Domain=localhost; Path=/", url="http://localhost:8000/")
    assert sent(jar, "http://localhost:8000/") == "a=1"
    assert sent(jar, "http://a.localhost:8000/") == ""


def test_addresses_have_no_subdomains():
    jar = received("a=1; Domain=0.0.1", "b=2; Domain=127.0.0.1; Path=/", url="http://127.0.0.1/")
    assert sent(jar, "http://127.0.0.1/") == "b=2"
    assert sent(jar, "http://127.0.0.2/") == ""


@pytest.mark.parametrize(
    ("path", "url", "comes"),
    [
        ("/cart", "https://a.example/cart", True),
        ("/cart", "https://a.example/cart/x", True),
        ("/cart", "https://a.example/cartoon", False),
        ("/cart/", "https://a.example/cart", False),
        ("/", "https://a.example/anything", True),
        ("", "https://a.example/dir/other", True),  # the default: the folder of the page that set it
        ("", "https://a.example/else", False),
        ("relative", "https://a.example/dir/other", True),
    ],
)
def test_paths(path: str, url: str, comes: bool):
    jar = received(f"a=1; Path={path}", url="https://a.example/dir/page")
    assert bool(sent(jar, url)) is comes


def test_longer_paths_come_first():
    jar = received("a=short; Path=/", "b=long; Path=/cart")
    assert sent(jar) == "b=long; a=short"


def test_secure_cookies_stay_on_https():
    jar = received("a=1; Secure; Path=/")
    assert sent(jar, "https://www.shop.example/") == "a=1"
    assert sent(jar, "http://www.shop.example/") == ""
    assert len(received("a=1; Secure", url="http://www.shop.example/")) == 0
    jar.receive("a=stolen; Path=/", read_target("http://www.shop.example/"), NOW)
    assert sent(jar, "https://www.shop.example/") == "a=1"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("__Secure-a=1; Secure", True),
        ("__Secure-a=1", False),
        ("__Host-a=1; Secure; Path=/", True),
        ("__Host-a=1; Secure; Path=/x", False),
        ("__Host-a=1; Secure", False),
        ("__Host-a=1; Secure; Path=/; Domain=shop.example", False),
        ("=", False),
        ("", False),
        ("a=" + "x" * 5000, False),
        ("a=1\x01", False),
        ("onlyvalue", True),
        ("a=", True),
        ('a="quoted value"', True),
    ],
)
def test_which_cookies_are_kept(line: str, kept: bool):
    assert len(received(line)) == int(kept)


def test_expiry():
    jar = received(
        "age=1; Max-Age=10; Path=/",
        "date=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/",
        "past=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/",
        "both=1; Max-Age=100; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/",
        "odd=1; Expires=someday; Path=/",
    )
    assert sent(jar) == "age=1; date=1; both=1; odd=1"
    assert sent(jar, now=NOW + 11) == "date=1; both=1; odd=1"


def test_a_cookie_is_replaced_and_deleted():
    jar = received("a=1; Path=/", "b=2; Path=/")
    changes = jar.changes
    jar.receive("a=1; Path=/", read_target(SITE), NOW)
    assert jar.changes == changes, "the same cookie again changes nothing"
    jar.receive("a=3; Path=/\nb=; Path=/; Max-Age=0", read_target(SITE), NOW)
    assert sent(jar) == "a=3"
    assert len(jar) == 1
    assert jar.changes == changes + 2


def test_the_jar_is_bounded():
    jar = CookieJar()
    for n in range(500):
        jar.receive(f"a{n}=1; Path=/", read_target(SITE), NOW)
    assert len(jar) == 180
    assert "a499=1" in sent(jar)
    for n in range(4000):
        jar.receive("a=1", read_target(f"https://host{n}.example/"), NOW)
    assert len(jar) <= 3000
    assert len(jar) == sum(1 for _ in jar)


def test_cookies_as_users_and_browsers_write_them():
    jar = CookieJar(
        Cookie.of(values)
        for values in (
            {"name": "url", "value": "1", "url": "https://a.example/deep/page"},
            {"name": "domain", "value": "2", "domain": ".a.example", "path": "/x"},
            {"name": "host", "value": 3, "domain": "a.example", "expires": -1, "secure": True, "sameSite": "Lax"},
            {"name": "old", "value": "4", "domain": "a.example", "expires": NOW - 1},
        )
    )
    assert sent(jar, "https://a.example/x") == "domain=2; url=1; host=3"
    assert sent(jar, "http://a.example/") == "url=1"
    assert sent(jar, "https://sub.a.example/x") == "domain=2"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "a", "value": "1"},
        {"name": "", "value": "1", "domain": "a.example"},
        {"name": "a", "value": "1; b=2", "domain": "a.example"},
        {"name": "a\n", "value": "1", "domain": "a.example"},
        {"name": "a", "value": "1", "url": "a.example"},
    ],
)
def test_cookies_that_are_not_clear_are_refused(values: dict[str, str]):
    with pytest.raises(ConfigError, match="cookie"):
        Cookie.of(values)
