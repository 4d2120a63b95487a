import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from skitter.cli.options import Said, Setup, read_setup, typed
from skitter.config import BrowserConfig, CrawlerRunConfig
from skitter.errors import ConfigError
from skitter.model.cache import CacheMode

CONFIG = """
word_count_threshold: 5
headers: {Accept-Language: de, X-Base: "1"}
browser: {user_agent: Example/1.0}
http: {verify_ssl: false}
configs:
  - url_matcher: ["*/blog/*", "*/news/*"]
    css_selector: article
    page_timeout: 1000
"""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read(text: str, **said: Any) -> Setup:
        path = tmp_path / "crawl.yaml"
        path.write_text(text)
        return read_setup(Said(config_file=path, **said))

    return read


def only(setup: Setup) -> CrawlerRunConfig:
    [config] = setup.configs
    return config


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("page_timeout=30000", 30_000),
        ("mean_delay=0.5", 0.5),
        ("only_text=yes", True),
        ("only-text=false", False),
        ("css_selector=main, article", "main, article"),
        ("css_selector=[data-x]", "[data-x]"),
        ("css_selector=", ""),
        ("css_selector=null", None),
        ("excluded_tags=nav, footer,", ("nav", "footer")),
        ('excluded_tags=["nav","footer"]', ("nav", "footer")),
        ("target_elements=:is(h1, h2), [title='a,b']", (":is(h1, h2)", "[title='a,b']")),
        ("target_elements=[data-x]", ("[data-x]",)),
        ("js_code=a(1, 2)", "a(1, 2)"),
        ('js_code=["a()", "b()"]', ("a()", "b()")),
        ('headers={"Accept": "text/html"}', {"Accept": "text/html"}),
        ("cache_mode=Enabled", CacheMode.ENABLED),
        ('cache_mode={"type": "CacheMode", "params": "enabled"}', CacheMode.ENABLED),
        ("url_matcher=*/blog/*", "*/blog/*"),
        ("session_id=a=b", "a=b"),
        ("max_retries=0", 0),
    ],
)
def test_values_have_the_type_of_their_option(pair: str, value: object):
    name = pair.partition("=")[0].replace("-", "_")
    assert getattr(only(read_setup(Said(crawl=[pair]))), name) == value


@pytest.mark.parametrize("name", CrawlerRunConfig.model_fields)
def test_every_option_takes_text_or_says_why_not(name: str):
    for text in ("", "1", "a,b", "[", "{", '{"type": "x"}', "null"):
        with contextlib.suppress(ConfigError):
            typed(CrawlerRunConfig, name, text)
            read_setup(Said(crawl=[f"{name}={text}"]))


def test_several_pairs_may_stand_in_one():
    config = only(read_setup(Said(crawl=["css_selector=a,b,only_text=true, page_timeout=7"])))
    assert (config.css_selector, config.only_text, config.page_timeout) == ("a,b", True, 7)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (
            {"crawl": ["page_timout=1"]},
            "-c page_timout: CrawlerRunConfig has no such option; did you mean `page_timeout`?",
        ),
        ({"crawl": ["headless=no"]}, "-c headless: that is an option of BrowserConfig: write -b headless=…"),
        (
            {"browser": ["css_selector=a"]},
            "-b css_selector: that is an option of CrawlerRunConfig: write -c css_selector=…",
        ),
        ({"crawl": ["only_text"]}, "-c only_text: write -c only_text=value"),
        ({"crawl": ["page_timeout=soon"]}, "`page_timeout` is 'soon': Input should be a valid integer"),
        ({"crawl": ["page_timeout=0"]}, "`page_timeout` is '0': Input should be greater than 0"),
        ({"crawl": ["headers={"]}, "`headers` is '{': not JSON"),
        ({"browser": ["viewport_width=wide"]}, "BrowserConfig: `viewport_width` is 'wide'"),
        ({"headers": ["Accept"]}, "--header 'Accept': write --header 'Name: value'"),
        ({"headers": ["A: b\nC: d"]}, "write --header 'Name: value'"),
        ({"content_filter": "best"}, "--filter best: it is none of pruning, bm25"),
        ({"content_filter": "bm25"}, "--filter bm25: say what to look for with --query"),
        ({"config_file": Path("nothing-here.yaml")}, "nothing-here.yaml: cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_named(said: dict[str, Any], says: str):
    with pytest.raises(ConfigError) as caught:
        read_setup(Said(**said))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_has_options_sections_and_configs_for_some_urls(read: Any):
    setup = read(CONFIG)
    special, base = setup.configs
    assert special.url_matcher == ("*/blog/*", "*/news/*")
    assert (special.css_selector, special.page_timeout, special.word_count_threshold) == ("article", 1000, 5)
    assert (base.css_selector, base.url_matcher, base.word_count_threshold) == (None, None, 5)
    assert special.is_match("https://example.com/blog/1")
    assert not special.is_match("https://example.com/")
    assert base.is_match("https://example.com/")
    assert setup.browser.user_agent == "Example/1.0"
    assert setup.http.verify_ssl is False


def test_the_command_line_wins_over_the_file(read: Any):
    setup = read(
        CONFIG,
        named={"page_timeout": 2000, "word_count_threshold": None},
        crawl=["css_selector=main"],
        browser=["user_agent=Other/2"],
        headers=["accept-language: fr", "Accept: text/html"],
    )
    for config in setup.configs:
        assert (config.page_timeout, config.css_selector, config.word_count_threshold) == (2000, "main", 5)
        assert config.headers == {"X-Base": "1", "accept-language": "fr", "Accept": "text/html"}
    assert setup.browser.user_agent == "Other/2"


def test_an_option_wins_over_its_named_one():
    assert only(read_setup(Said(named={"page_timeout": 1}, crawl=["page_timeout=2"]))).page_timeout == 2


def test_a_file_may_be_what_dump_returned(read: Any):
    config = CrawlerRunConfig(css_selector="main", excluded_tags=("nav",), cache_mode="enabled")
    browser = BrowserConfig(user_agent="Example/1.0", viewport={"width": 800, "height": 600})
    assert only(read(json.dumps(config.dump()))) == config
    setup = read(json.dumps({"crawler": config.dump(), "browser": browser.dump()}))
    assert only(setup) == config
    assert setup.browser == browser


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_file_changes_nothing(read: Any, text: str):
    assert only(read(text)) == CrawlerRunConfig()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("css_selector: [", "crawl.yaml:1:16: not YAML"),
        ("url_matcher: *.pdf", "put a value that begins with * or & in quotes"),
        ("a: !!python/object/apply:os.system [id]", "not YAML: could not determine a constructor"),
        ("just text", "crawl.yaml: expected `option: value` lines, found str"),
        ("page_timout: 1", "crawl.yaml: CrawlerRunConfig has no option `page_timout`; did you mean `page_timeout`?"),
        (
            "browser: {headles: no}",
            "crawl.yaml: browser: BrowserConfig has no option `headles`; did you mean `headless`?",
        ),
        ("browser: text", "crawl.yaml: browser: expected `option: value` lines, found str"),
        ("http: {verify: no}", "crawl.yaml: http: `verify`: Extra inputs are not permitted"),
        ("configs: {url_matcher: a}", "crawl.yaml: `configs` is a dict: write a list"),
        ("configs: [{css: a}]", "crawl.yaml: configs[0]: CrawlerRunConfig has no option `css`"),
        ("filter: best", "crawl.yaml: filter best: it is none of pruning, bm25"),
        ("filter: [bm25]", "crawl.yaml: filter: write `filter: pruning`"),
        ("cache_mode: {type: Cache, params: {}}", "crawl.yaml: unknown type `Cache`"),
        ('{"type": "BrowserConfig", "params": {}}', "crawl.yaml: expected a CrawlerRunConfig, found a BrowserConfig"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(read: Any, text: str, says: str):
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_said(tmp_path: Path):
    path = tmp_path / "crawl.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="it is not UTF-8"):
        read_setup(Said(config_file=path))


def test_the_command_line_is_not_blamed_on_the_file(read: Any):
    with pytest.raises(ConfigError) as caught:
        read(CONFIG, crawl=["page_timeout=soon"])
    assert "crawl.yaml" not in str(caught.value)
