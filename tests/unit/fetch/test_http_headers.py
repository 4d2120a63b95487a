import pytest

from skitter.errors import ConfigError
from skitter.fetch.headers import checked, http_date, read_headers, retry_after

OCTOBER_21 = 1445412480.0


@pytest.mark.parametrize(
    ("said", "delay_s"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        ("3, 3", 3.0),
        ("-1", None),
        ("soon", None),
        ("inf", None),
        ("1e400", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:00:00 GMT", 0.0),
        ("Wednesday, 21-Oct-15 07:28:30 GMT", 30.0),
        ("Wed Oct 21 07:28:30 2015", 30.0),
        ("Wed, 99 Foo 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(said: str, delay_s: float | None):
    assert retry_after({"retry-after": said}, OCTOBER_21) == delay_s


def test_no_retry_after():
    assert retry_after({}, 0) is None


@pytest.mark.parametrize("text", ["", "x", "Thu, 01 Jan 99999999999 00:00:00 GMT", "1", ",,,", "\0"])
def test_what_is_no_date_is_none(text: str):
    assert http_date(text) is None


def test_headers_of_one_name_are_joined():
    pairs = [
        (b"Vary", b"A"),
        (b"vary", b"B"),
        (b"Set-Cookie", b"a=1; Expires=Wed, 21 Oct 2015"),
        (b"set-cookie", b"b=2"),
        (b"Location", b"/first, really"),
        (b"Location", b"/second"),
    ]
    assert read_headers(pairs) == {
        "vary": "A, B",
        "set-cookie": "a=1; Expires=Wed, 21 Oct 2015\nb=2",
        "location": "/first, really",
    }


def test_values_are_utf_8_or_latin_1():
    assert read_headers([(b"a", "ü".encode()), (b"b", "ü".encode("latin-1"))]) == {"a": "ü", "b": "ü"}


@pytest.mark.parametrize(
    "headers", [{"A B": "x"}, {"": "x"}, {"A": "x\r\nB: y"}, {"A": "x\0"}, {"A\n": "x"}, {"A": 1}, {"Ä": "x"}]
)
def test_headers_that_cannot_be_sent_are_refused(headers: dict[str, str]):
    with pytest.raises(ConfigError, match="CrawlerRunConfig"):
        checked(headers, "CrawlerRunConfig.headers")
