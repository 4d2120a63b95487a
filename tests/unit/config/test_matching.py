"""Which config a URL gets."""

import pytest

from skitter.config import CrawlerRunConfig, MatchMode
from skitter.config.matching import matches

PDF = "https://example.com/a/b.pdf?page=1"


@pytest.mark.parametrize(
    ("matcher", "mode", "fits"),
    [
        (None, MatchMode.OR, True),
        ("*.pdf*", MatchMode.OR, True),
        ("*.pdf", MatchMode.OR, False),
        ("*.PDF*", MatchMode.OR, False),
        ("https://example.com/*", MatchMode.OR, True),
        ("example.com", MatchMode.OR, False),
        (PDF, MatchMode.OR, True),
        (lambda url: "page=1" in url, MatchMode.OR, True),
        (lambda url: None, MatchMode.OR, False),
        (["*.html", "*/a/*"], MatchMode.OR, True),
        (["*.html", "*/a/*"], MatchMode.AND, False),
        (["*.pdf*", "*/a/*"], MatchMode.AND, True),
        (["*.html", lambda url: "b" in url], MatchMode.OR, True),
        (["*.html", lambda url: "zzz" in url], MatchMode.OR, False),
        ([], MatchMode.OR, False),
        ([], MatchMode.AND, False),
    ],
)
def test_matchers(matcher, mode, fits):
    assert matches(PDF, matcher, mode) is fits
    assert CrawlerRunConfig(url_matcher=matcher, match_mode=mode).is_match(PDF) is fits


def test_a_hostile_glob_is_no_trap():
    assert not matches("a" * 5_000, "*a" * 50 + "b", MatchMode.OR)


def test_a_matcher_that_fails_is_not_hidden():
    def broken(url: str) -> bool:
        raise LookupError(url)

    with pytest.raises(LookupError):
        CrawlerRunConfig(url_matcher=broken).is_match(PDF)


def test_match_mode_is_read_from_text():
    assert CrawlerRunConfig(match_mode="and").match_mode is MatchMode.AND
