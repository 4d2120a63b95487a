"""The JSON form of configs and strategies."""

import json
import re

import pytest

from skitter.clean import BM25ContentFilter, PruningContentFilter
from skitter.config import BrowserConfig, CrawlerRunConfig, MatchMode, wire
from skitter.crawl.scraping import LXMLWebScrapingStrategy
from skitter.errors import ConfigError
from skitter.extract.strategy import ExtractionStrategy, RegexChunking
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.markdown.generator import DefaultMarkdownGenerator
from skitter.model.cache import CacheMode
from skitter.parse.tables import NoTableExtraction


def through_json(config: CrawlerRunConfig) -> CrawlerRunConfig:
    return CrawlerRunConfig.load(json.loads(json.dumps(config.dump())))


def test_a_config_without_options_is_empty():
    assert CrawlerRunConfig().dump() == {"type": "CrawlerRunConfig", "params": {}}
    assert BrowserConfig().dump() == {"type": "BrowserConfig", "params": {}}


def test_the_form_is_the_documented_one():
    config = CrawlerRunConfig(
        css_selector="h1", cache_mode=CacheMode.ENABLED, headers={"a": "1"}, chunking_strategy=RegexChunking(["x"])
    )
    assert config.dump() == {
        "type": "CrawlerRunConfig",
        "params": {
            "css_selector": "h1",
            "cache_mode": {"type": "CacheMode", "params": "enabled"},
            "headers": {"type": "dict", "value": {"a": "1"}},
            "chunking_strategy": {"type": "RegexChunking", "params": {"patterns": ["x"]}},
        },
    }


def test_strategies_and_groups_come_back_as_they_were():
    config = CrawlerRunConfig(
        markdown_generator=DefaultMarkdownGenerator(options={"ignore_links": True}, content_source="raw_html"),
        table_extraction=NoTableExtraction(),
        chunking_strategy=RegexChunking([r"\n", ","]),
        virtual_scroll_config={"container_selector": "#a", "scroll_by": 20},
        link_preview_config={"query": "tea", "include_patterns": ["*"]},
        geolocation={"latitude": 1.5, "longitude": -2},
        url_matcher=["*.pdf", "*.html"],
        match_mode=MatchMode.AND,
    )
    back = through_json(config)
    assert back == config
    assert type(back.virtual_scroll_config) is type(config.virtual_scroll_config)


def test_filters_and_the_scraping_strategy_come_back_by_either_name():
    config = CrawlerRunConfig(
        markdown_generator=DefaultMarkdownGenerator(content_filter=PruningContentFilter(threshold=0.5)),
        scraping_strategy=LXMLWebScrapingStrategy(logger=None),
    )
    assert through_json(config) == config
    for name, found in (
        ("PruningContentFilterLXML", PruningContentFilter),
        ("BM25ContentFilter", BM25ContentFilter),
        ("LXMLWebScrapingStrategy", LXMLWebScrapingStrategy),
        ("WebScrapingStrategy", LXMLWebScrapingStrategy),
    ):
        assert wire.load({"type": name, "params": {}}) == found()


def test_what_was_said_stays_said_though_it_is_the_default():
    config = CrawlerRunConfig(semaphore_count=5)
    assert through_json(config).model_fields_set == {"semaphore_count"}


def test_dicts_that_look_like_the_form_are_only_dicts():
    tricky = {"type": "CacheMode", "params": "enabled", "deep": {"type": "dict", "value": [1, {"type": "bytes"}]}}
    config = CrawlerRunConfig(experimental={"one": tricky, "two": {"type": "dict", "value": 3}, "three": None})
    assert through_json(config) == config


def test_bytes_and_secrets_come_back():
    config = HTTPCrawlerConfig(data=b"\xff\x00", auth=("user", "secret"))
    back = wire.load(json.loads(json.dumps(wire.dump(config))))
    assert back == config
    assert back.auth[1].get_secret_value() == "secret"
    token = wire.load(wire.dump(HTTPCrawlerConfig(bearer_token="token"))).bearer_token
    assert token.get_secret_value() == "token"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url_matcher": lambda url: True}, "a function has no JSON form"),
        ({"fallback_fetch_function": print}, "a builtin_function_or_method has no JSON form"),
        ({"experimental": {1: 2}}, "key 1 has no JSON form|valid string"),
        ({"experimental": {"a": {1: 2}}}, "key 1 has no JSON form"),
        ({"experimental": {"a": re.compile("x")}}, "a Pattern has no JSON form"),
    ],
)
def test_what_has_no_form_says_so(options, message):
    with pytest.raises(ConfigError, match=message):
        CrawlerRunConfig(**options).dump()


def test_a_users_own_strategy_says_so_even_under_a_known_name():
    class Mine(ExtractionStrategy):
        def extract(self, url, html, *args, **options):
            return []

    with pytest.raises(ConfigError, match="a Mine has no JSON form"):
        CrawlerRunConfig(extraction_strategy=Mine()).dump()
    impostor = type("RegexChunking", (RegexChunking,), {"__module__": __name__})()
    with pytest.raises(ConfigError, match="a RegexChunking has no JSON form"):
        CrawlerRunConfig(chunking_strategy=impostor).dump()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"type": "Popen", "params": {"args": "ls"}},
            "unknown type `Popen`: it is none of .*BrowserConfig",
        ),
        ({"type": "CrawlerRunConfig", "params": {"streem": 1}}, "no option `streem`; did you mean `stream`"),
        ({"type": "CrawlerRunConfig", "params": 5}, "`CrawlerRunConfig`: "),
        ({"type": "CrawlerRunConfig", "params": {"x": {"type": "dict", "value": 5}}}, "`value` of a dict is 5"),
        ({"type": "CrawlerRunConfig", "params": {"x": {"type": "bytes", "value": "*"}}}, "`value` of a bytes is"),
        ({"type": "CacheMode", "params": "sometimes"}, "`CacheMode`: 'sometimes'"),
        ({"type": "RegexChunking", "params": {"patern": 1}}, "`RegexChunking`: (?s:.*)patern"),
        ({"type": "BrowserConfig", "params": {}}, "expected a CrawlerRunConfig, the data holds a BrowserConfig"),
        ({"csselector": "h1"}, "did you mean `css_selector`"),
        ([], "the data holds a list"),
    ],
)
def test_data_that_is_wrong_says_so(data, message):
    with pytest.raises(ConfigError, match=message):
        CrawlerRunConfig.load(data)


def test_a_plain_dict_of_options_is_read_too():
    config = CrawlerRunConfig.load(
        {"css_selector": "h1", "cache_mode": "enabled", "geolocation": {"latitude": 1, "longitude": 2}}
    )
    assert (config.css_selector, config.cache_mode) == ("h1", CacheMode.ENABLED)
    assert config.geolocation is not None


def test_a_type_can_be_read_by_another_name():
    class Filter(RegexChunking):
        pass

    wire.register(Filter, OldFilter=Filter)
    try:
        assert type(wire.load({"type": "OldFilter", "params": {}})) is Filter
        assert wire.dump(Filter())["type"] == "Filter"
    finally:
        for name in ("Filter", "OldFilter"):
            wire._types.pop(name)
