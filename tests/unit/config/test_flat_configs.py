"""What both flat configs have in common, and what is each one's own."""

import copy
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from skitter.config import BrowserConfig, CrawlerRunConfig, CrawlRequest, MatchMode
from skitter.config.base import Config
from skitter.errors import ConfigError
from skitter.fetch.browser_options import GeolocationConfig, VirtualScrollConfig
from skitter.fetch.proxies import ProxyConfig
from skitter.markdown.generator import DefaultMarkdownGenerator
from skitter.model.cache import CacheMode

DOCUMENTED_CRAWL = [
    "word_count_threshold", "extraction_strategy", "chunking_strategy", "markdown_generator", "only_text",
    "css_selector", "target_elements", "excluded_tags", "excluded_selector", "keep_data_attributes", "keep_attrs",
    "remove_forms", "prettiify", "parser_type", "scraping_strategy", "proxy_config", "proxy_rotation_strategy",
    "proxy_session_id", "proxy_session_ttl", "proxy_session_auto_release", "locale", "timezone_id", "geolocation",
    "fetch_ssl_certificate", "cache_mode", "session_id", "shared_data", "check_cache_freshness",
    "cache_validation_timeout", "wait_until", "page_timeout", "wait_for", "wait_for_timeout", "wait_for_images",
    "delay_before_return_html", "mean_delay", "max_range", "semaphore_count", "js_code", "js_code_before_wait",
    "c4a_script", "js_only", "ignore_body_visibility", "body_visibility_timeout", "scan_full_page", "scroll_delay",
    "max_scroll_steps", "process_iframes", "flatten_shadow_dom", "remove_overlay_elements", "remove_consent_popups",
    "simulate_user", "override_navigator", "magic", "adjust_viewport_to_content", "screenshot",
    "screenshot_wait_for", "screenshot_height_threshold", "force_viewport_screenshot", "pdf", "capture_mhtml",
    "image_description_min_word_threshold", "image_score_threshold", "table_score_threshold", "table_extraction",
    "exclude_external_images", "exclude_all_images", "exclude_social_media_domains", "exclude_external_links",
    "exclude_social_media_links", "exclude_domains", "exclude_internal_links", "score_links",
    "preserve_https_for_internal_links", "verbose", "log_console", "capture_network_requests",
    "capture_console_messages", "method", "stream", "prefetch", "process_in_browser", "url", "base_url",
    "check_robots_txt", "user_agent", "user_agent_mode", "user_agent_generator_config", "deep_crawl_strategy",
    "link_preview_config", "virtual_scroll_config", "url_matcher", "match_mode", "experimental", "max_retries",
    "fallback_fetch_function",
]  # fmt: skip
DOCUMENTED_BROWSER = [
    "browser_type", "headless", "browser_mode", "use_managed_browser", "cdp_url", "browser_context_id", "target_id",
    "cdp_cleanup_on_close", "cdp_close_delay", "cache_cdp_connection", "create_isolated_context",
    "use_persistent_context", "user_data_dir", "chrome_channel", "channel", "proxy", "proxy_config",
    "viewport_width", "viewport_height", "viewport", "device_scale_factor", "accept_downloads", "downloads_path",
    "storage_state", "ignore_https_errors", "java_script_enabled", "sleep_on_close", "verbose", "cookies",
    "headers", "user_agent", "user_agent_mode", "user_agent_generator_config", "text_mode", "light_mode",
    "extra_args", "debugging_port", "host", "enable_stealth", "avoid_ads", "avoid_css", "init_scripts",
    "memory_saving_mode", "max_pages_before_recycle",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _defaults_end_with_the_test() -> Iterator[None]:
    yield
    CrawlerRunConfig.reset_defaults()
    BrowserConfig.reset_defaults()


def test_every_documented_option_exists_and_is_described():
    for config, names in ((CrawlerRunConfig, DOCUMENTED_CRAWL), (BrowserConfig, DOCUMENTED_BROWSER)):
        assert set(config.model_fields) >= set(names)
        config()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("word_count_threshold", 1),
        ("cache_mode", CacheMode.BYPASS),
        ("page_timeout", 60_000),
        ("wait_until", "domcontentloaded"),
        ("semaphore_count", 5),
        ("mean_delay", 0.1),
        ("max_range", 0.3),
        ("image_score_threshold", 2),
        ("table_score_threshold", 7),
        ("stream", False),
        ("match_mode", MatchMode.OR),
        ("markdown_generator", DefaultMarkdownGenerator()),
        ("extraction_strategy", None),
    ],
)
def test_documented_defaults(name: str, value: object):
    assert getattr(CrawlerRunConfig(), name) == value


class TestValues:
    def test_lists_and_dicts_become_what_cannot_change(self):
        config = CrawlerRunConfig(
            excluded_tags=["nav", "footer"],
            js_code=["a()", "b()"],
            virtual_scroll_config={"container_selector": "#list"},
            geolocation={"latitude": 1, "longitude": 2},
        )
        assert config.excluded_tags == ("nav", "footer")
        assert config.js_code == ("a()", "b()")
        assert config.virtual_scroll_config == VirtualScrollConfig(container_selector="#list")
        assert config.geolocation == GeolocationConfig(latitude=1.0, longitude=2.0)

    def test_a_config_does_not_change_with_what_it_was_built_from(self):
        headers, tags = {"a": "1"}, ["nav"]
        config = CrawlerRunConfig(headers=headers, excluded_tags=tags)
        headers["a"] = "2"
        tags.append("footer")
        assert (config.headers, config.excluded_tags) == ({"a": "1"}, ("nav",))

    @pytest.mark.parametrize("given", [CacheMode.READ_ONLY, "read_only", "READ_ONLY"])
    def test_cache_mode_is_read_from_text(self, given):
        assert CrawlerRunConfig(cache_mode=given).cache_mode is CacheMode.READ_ONLY

    def test_cache_mode_none_is_enabled(self):
        assert CrawlerRunConfig(cache_mode=None).cache_mode is CacheMode.ENABLED

    def test_configs_are_frozen(self):
        with pytest.raises(ValueError, match="frozen"):
            CrawlerRunConfig().stream = True
        with pytest.raises(ValueError, match="frozen"):
            BrowserConfig().headless = False

    def test_configs_are_compared_by_value(self):
        assert CrawlerRunConfig(excluded_tags=["nav"]) == CrawlerRunConfig(excluded_tags=("nav",))
        assert CrawlerRunConfig(stream=True) != CrawlerRunConfig()
        assert CrawlerRunConfig() != BrowserConfig()

    def test_a_storage_state_path_is_kept_as_text(self):
        assert BrowserConfig(storage_state=Path("state.json")).storage_state == "state.json"


class TestMistakes:
    def test_an_unknown_option_names_the_nearest(self):
        with pytest.raises(ConfigError, match="no option `csselector`; did you mean `css_selector`"):
            CrawlerRunConfig(csselector="h1")
        with pytest.raises(ConfigError, match=r"BrowserConfig has no option `zzzz`$"):
            BrowserConfig(zzzz=1)

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ({"page_timeout": -1}, "`page_timeout` is -1: Input should be greater than 0"),
            ({"cache_mode": "sometimes"}, "`cache_mode` is 'sometimes'"),
            ({"excluded_tags": "nav"}, "`excluded_tags` is 'nav': Input should be a list"),
            ({"geolocation": {"latitude": 1}}, "`geolocation` is of type dict: longitude: Field required"),
            ({"extraction_strategy": "css"}, "an instance of ExtractionStrategy"),
            ({"stream": True, "max_retries": -1, "scroll_delay": -1}, "`max_retries`.*; .*`scroll_delay`"),
        ],
    )
    def test_a_wrong_value_is_named_with_what_would_be_right(self, option, message):
        with pytest.raises(ConfigError, match=message):
            CrawlerRunConfig(**option)

    def test_no_message_shows_a_password(self):
        with pytest.raises(ConfigError) as caught:
            CrawlerRunConfig(proxy_config={"server": "http://u:hunter2@host:1", "passwort": "hunter2"})
        assert "hunter2" not in str(caught.value)

    def test_a_mistake_is_a_value_error(self):
        with pytest.raises(ValueError, match="nothing"):
            CrawlerRunConfig(nothing=1)


class TestClone:
    def test_changes_are_applied_and_the_rest_stays(self):
        config = CrawlerRunConfig(css_selector="main", virtual_scroll_config={"container_selector": "#a"}, base_url="u")
        other = config.clone(stream=True, css_selector=None)
        assert (other.stream, other.css_selector) == (True, None)
        assert (other.virtual_scroll_config, other.base_url) == (config.virtual_scroll_config, "u")
        assert (config.stream, config.css_selector) == (False, "main")

    def test_a_clone_without_changes_is_equal_and_has_said_the_same(self):
        config = CrawlerRunConfig(semaphore_count=5, js_code="x()")
        assert config.clone() == config
        assert config.clone().model_fields_set == {"semaphore_count", "js_code"}

    def test_a_clone_is_validated(self):
        with pytest.raises(ConfigError, match="did you mean `stream`"):
            CrawlerRunConfig().clone(streem=True)
        with pytest.raises(ConfigError, match="page_timeout"):
            CrawlerRunConfig().clone(page_timeout="soon")

    def test_functions_and_strategies_are_kept_as_they_are(self):
        def wanted(url: str) -> bool:
            return url.endswith("x")

        config = CrawlerRunConfig(url_matcher=[wanted, "*.pdf"])
        assert config.clone(stream=True).url_matcher == (wanted, "*.pdf")

    @pytest.mark.parametrize(
        "copied",
        [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it)), lambda it: it.model_copy(deep=True)],
    )
    def test_copies_are_equal(self, copied):
        config = CrawlerRunConfig(excluded_tags=["nav"], semaphore_count=5)
        twin = copied(config)
        assert twin == config
        assert twin.model_fields_set == config.model_fields_set

    def test_model_copy_validates_too(self):
        with pytest.raises(ConfigError):
            CrawlerRunConfig().model_copy(update={"page_timeout": "soon"})

    def test_what_was_derived_is_not_copied_along(self):
        config = CrawlerRunConfig(css_selector="h1")
        assert config.page_options.css_selector == "h1"
        assert config.model_copy(update={"css_selector": "h2"}).page_options.css_selector == "h2"
        assert "page_options" not in pickle.loads(pickle.dumps(config)).__dict__


class TestClassWideDefaults:
    def test_what_is_said_wins_over_them_and_they_over_the_built_in(self):
        CrawlerRunConfig.set_defaults(verbose=False, page_timeout=10)
        assert (CrawlerRunConfig().verbose, CrawlerRunConfig().page_timeout) == (False, 10)
        assert CrawlerRunConfig(verbose=True).verbose is True
        assert CrawlerRunConfig.get_defaults() == {"verbose": False, "page_timeout": 10}

    def test_they_can_be_reset_one_by_one_or_all(self):
        CrawlerRunConfig.set_defaults(verbose=False, page_timeout=10)
        CrawlerRunConfig.reset_defaults("verbose")
        assert CrawlerRunConfig.get_defaults() == {"page_timeout": 10}
        CrawlerRunConfig.reset_defaults()
        assert CrawlerRunConfig().page_timeout == 60_000

    def test_each_config_has_its_own(self):
        BrowserConfig.set_defaults(verbose=False)
        assert CrawlerRunConfig().verbose is True

    def test_a_subclass_starts_with_those_of_its_base(self):
        class Mine(CrawlerRunConfig):
            pass

        CrawlerRunConfig.set_defaults(verbose=False, page_timeout=10)
        Mine.set_defaults(page_timeout=20)
        assert (Mine().verbose, Mine().page_timeout) == (False, 20)
        assert CrawlerRunConfig().page_timeout == 10

    def test_mistakes_are_found_when_they_are_set_and_set_nothing(self):
        with pytest.raises(ValueError, match="did you mean `verbose`"):
            CrawlerRunConfig.set_defaults(verbos=False)
        with pytest.raises(ConfigError, match="page_timeout"):
            CrawlerRunConfig.set_defaults(verbose=False, page_timeout="soon")
        with pytest.raises(ConfigError, match="verbos"):
            CrawlerRunConfig.reset_defaults("verbos")
        assert CrawlerRunConfig.get_defaults() == {}

    def test_nobody_holds_a_part_of_them(self):
        headers = {"a": "1"}
        CrawlerRunConfig.set_defaults(headers=headers)
        headers["a"] = "2"
        CrawlerRunConfig.get_defaults()["headers"]["a"] = "3"
        assert CrawlerRunConfig().headers == {"a": "1"}

    def test_a_strategy_that_has_state_stays_the_one_it_is(self):
        generator = DefaultMarkdownGenerator()
        CrawlerRunConfig.set_defaults(markdown_generator=generator)
        assert CrawlerRunConfig().markdown_generator is CrawlerRunConfig().markdown_generator is generator

    def test_a_config_stays_what_it_was_when_they_change(self):
        before = CrawlerRunConfig(css_selector="h1")
        CrawlerRunConfig.set_defaults(verbose=False)
        assert before.clone() == before
        assert CrawlerRunConfig.load(before.dump()) == before
        assert CrawlerRunConfig.from_dict(before.to_dict()) == before
        said = CrawlerRunConfig(verbose=True)
        assert CrawlerRunConfig.load(said.dump()).verbose is True

    def test_an_old_name_wins_over_them(self):
        CrawlerRunConfig.set_defaults(cache_mode="enabled")
        with pytest.warns(DeprecationWarning, match="bypass_cache"):
            assert CrawlerRunConfig(bypass_cache=True).cache_mode is CacheMode.BYPASS

    def test_exactly_leaves_them_out(self):
        CrawlerRunConfig.set_defaults(verbose=False)
        assert CrawlerRunConfig.exactly(stream=True).verbose is True


class TestDicts:
    @pytest.mark.parametrize("config", [CrawlerRunConfig, BrowserConfig])
    def test_to_dict_has_every_option(self, config: type[Config]):
        assert config().to_dict().keys() == config.model_fields.keys()

    def test_from_dict_gives_the_same_config(self):
        config = CrawlerRunConfig(
            excluded_tags=["nav"], url_matcher=str.isascii, virtual_scroll_config={"container_selector": "#a"}
        )
        back = CrawlerRunConfig.from_dict(config.to_dict())
        assert back == config
        assert back.model_fields_set == config.model_fields_set

    def test_from_dict_and_from_kwargs_take_a_few_options_too(self):
        assert CrawlerRunConfig.from_dict({"semaphore_count": 5}).model_fields_set == {"semaphore_count"}
        assert CrawlerRunConfig.from_kwargs({"stream": True}).stream is True
        with pytest.raises(ConfigError, match="streem"):
            CrawlerRunConfig.from_kwargs({"streem": True})


class TestOldNames:
    @pytest.mark.parametrize(
        ("flags", "mode"),
        [
            ({"bypass_cache": True}, CacheMode.BYPASS),
            ({"disable_cache": True}, CacheMode.DISABLED),
            ({"no_cache_read": True}, CacheMode.WRITE_ONLY),
            ({"no_cache_write": True}, CacheMode.READ_ONLY),
            ({"no_cache_read": True, "no_cache_write": True}, CacheMode.DISABLED),
            ({"bypass_cache": True, "cache_mode": "enabled"}, CacheMode.ENABLED),
        ],
    )
    def test_cache_flags_say_what_to_use_at_the_line_that_gave_them(self, flags, mode):
        with pytest.warns(DeprecationWarning, match=r"`\w+`: use `cache_mode=CacheMode\.") as warned:
            assert CrawlerRunConfig(**flags).cache_mode is mode
        assert warned[0].filename == __file__
        with pytest.warns(DeprecationWarning, match="use `cache_mode") as warned:
            assert CrawlerRunConfig().clone(**flags).cache_mode is mode
        assert warned[0].filename == __file__

    def test_flags_that_are_off_say_nothing(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert CrawlerRunConfig(bypass_cache=False, no_cache_read=False).cache_mode is CacheMode.BYPASS


class TestProxiesOfTheBrowser:
    def test_both_names_say_the_same(self):
        assert BrowserConfig(proxy=None).proxy_config is None
        config = BrowserConfig(proxy_config=ProxyConfig(server="http://h:1"))
        assert config.clone(proxy_config=None).proxy_config is None
        assert config.clone(channel="msedge").chrome_channel == "msedge"
        assert config.clone(chrome_channel="chrome").channel == "chrome"

    def test_a_proxy_as_text_is_read_and_can_be_replaced(self):
        config = BrowserConfig(proxy="http://u:p@h:1")
        assert config.proxy_config is not None
        assert (config.proxy_config.server, config.proxy_config.username) == ("http://h:1", "u")
        other = config.clone(proxy="http://h:2")
        assert other.proxy_config is not None
        assert other.proxy_config.server == "http://h:2"
        third = config.clone(proxy_config=ProxyConfig(server="http://h:3"))
        assert third.proxy is None
        assert third.proxy_config == ProxyConfig(server="http://h:3")
        assert BrowserConfig.load(config.dump()) == config


def test_needs_browser_names_the_options_that_ask_for_one():
    assert CrawlerRunConfig(wait_until="load", delay_before_return_html=1, css_selector="h1").needs_browser() == []
    assert CrawlerRunConfig(screenshot=True, js_code="x").needs_browser() == ["js_code", "screenshot"]
    assert CrawlerRunConfig(fetch_mode="browser").needs_browser() == ["fetch_mode"]


def test_page_options_carry_what_reading_a_page_needs_and_no_more():
    config = CrawlerRunConfig(
        css_selector="h1", user_agent="x", fallback_fetch_function=None, url_matcher=lambda _: True
    )
    page = config.page_options
    assert (page.css_selector, page.user_agent, page.url_matcher) == ("h1", None, None)
    assert pickle.loads(pickle.dumps(page)) == page


def test_a_request_carries_what_is_its_own():
    request = CrawlRequest("https://example.com/", session_id="s", metadata={"n": 1})
    assert (request.url, request.config, request.session_id, request.metadata["n"]) == (
        "https://example.com/",
        None,
        "s",
        1,
    )
