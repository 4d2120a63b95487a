"""What may leave the process and what must not."""

import functools
import operator
import pickle
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from skitter.config import CrawlerRunConfig
from skitter.crawl.workers.portable import Shipping, pickled_if_known
from skitter.crawl.workers.process import OPTION_SLOTS
from skitter.errors import DecodeError, HTTPStatusError
from skitter.markdown.generator import DefaultMarkdownGenerator


class Mine:
    """A class of the caller's program."""

    def filter_content(self, html: str) -> list[str]:
        return [html]


class MyText(str):
    __slots__ = ()


def my_function() -> None:
    """A function of the caller's program."""


def test_skitters_own_options_may_go_and_come_back_equal():
    options = CrawlerRunConfig(css_selector="main", excluded_tags=["nav"]).page_options
    assert pickle.loads(pickled_if_known(options)) == options


@pytest.mark.parametrize(
    "value",
    [None, "text", re.compile("a+"), Path("x"), timedelta(1), {"a": [1, (2.5, {3})]}, operator.itemgetter(1), int],
    ids=repr,
)
def test_parts_of_the_standard_library_may_go(value):
    assert pickled_if_known(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        Mine(),
        Mine,
        Mine().filter_content,
        my_function,
        lambda: None,
        functools.partial(my_function),
        MyText("text"),
        {"deep": [(Mine(),)]},
        pytest.approx(1),
        threading.Lock(),
        (one for one in ()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_callers_own_may_not(value):
    assert pickled_if_known(value) is None


def test_a_filter_of_ones_own_keeps_the_options_here():
    generator = DefaultMarkdownGenerator(content_filter=Mine())
    assert Shipping().of(CrawlerRunConfig(markdown_generator=generator).page_options) is None


def test_options_that_only_the_crawl_reads_do_not_matter():
    config = CrawlerRunConfig(url_matcher=lambda url: True)
    assert Shipping().of(config.page_options) is not None


def test_modules_that_are_known_may_go():
    assert Shipping(frozenset({__name__.partition(".")[0]})).of(Mine()) is not None


def test_the_same_options_are_looked_at_once():
    shipping, options = Shipping(), CrawlerRunConfig().page_options
    assert shipping.of(options) is shipping.of(options)


def test_many_options_take_turns():
    shipping = Shipping()
    kept = [[n] for n in range(3 * OPTION_SLOTS)]
    shipped = [shipping.of(one) for one in kept]
    assert {one.slot for one in shipped} == set(range(OPTION_SLOTS))
    assert len({one.number for one in shipped}) == len(kept)
    last = shipped[-OPTION_SLOTS:]
    assert len({one.slot for one in last}) == OPTION_SLOTS, "no two of those that are known share a slot"
    assert shipping.of(kept[0]).number not in {one.number for one in shipped}


def test_what_may_not_go_takes_no_slot():
    shipping = Shipping()
    for _ in range(2 * OPTION_SLOTS):
        assert shipping.of(Mine()) is None
    assert shipping.of([1]) is not None


def test_errors_come_back_with_all_they_know():
    error = HTTPStatusError("refused", status=503, url="https://example.com/")
    error.retry_after_s = 2.5
    error.add_note("a note")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is HTTPStatusError
    assert (str(back), back.status, back.url, back.retry_after_s) == ("refused", 503, "https://example.com/", 2.5)
    assert back.__notes__ == ["a note"]
    assert pickle.loads(pickle.dumps(DecodeError("cut"))).url is None
