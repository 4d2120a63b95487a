"""Every option has a text, one home, somebody who reads it, and a test."""

import re
from functools import cache
from pathlib import Path

import pytest

from docs.reference_pages import attributes, homes
from skitter.config import BrowserConfig, CrawlerRunConfig
from skitter.fetch.browser_options import BrowserPageOptions, RenderOptions
from skitter.fetch.http_config import HTTPCrawlerConfig

ROOT = Path(__file__).parents[2]
CONFIGS = (CrawlerRunConfig, BrowserConfig, HTTPCrawlerConfig)
OPTIONS = [(config, name) for config in CONFIGS for name in config.model_fields]

OVER_HTTP = {
    *("cookies", "headers", "storage_state", "user_agent", "user_agent_mode", "user_agent_generator_config"),
    *("proxy", "proxy_config", "accept_downloads", "downloads_path", "verbose"),
}
"""Options of BrowserConfig that count without a browser, too."""

UNREAD = {
    "a browser that runs pages": {
        *RenderOptions.model_fields,
        *BrowserPageOptions.model_fields,
        *(set(BrowserConfig.model_fields) - OVER_HTTP),
    },
    "a cache of pages": {"cache_validation_timeout", "check_cache_freshness"},
    "a second parser": {"parser_type"},
}
"""Options that programs name and nothing reads, by what would read them."""

WAITING = set().union(*UNREAD.values())


@cache
def words(folder: str, *left_out: str) -> dict[str, str]:
    paths = [path for path in (ROOT / folder).rglob("*.py") if path.name not in left_out]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


@pytest.mark.parametrize(("config", "name"), OPTIONS, ids=lambda value: getattr(value, "__name__", value))
def test_option_has_a_text_and_one_home(config: type, name: str):
    [home] = homes(config)[name]
    [text] = [attribute.text for attribute in attributes(home) if attribute.name == name]
    assert text.endswith((".", "…")), "its text is the string under it, in sentences"


@cache
def read_names() -> dict[str, set[str]]:
    """Return the names that each module reads as attributes or names in quotes; of itself, where it is `self`."""
    attributes_and_texts = re.compile(r"\.(\w+)|[\"'](\w+)[\"']")
    return {
        path: {first or second for first, second in attributes_and_texts.findall(text)}
        for path, text in words("src/skitter").items()
    }


def is_read(config: type, name: str) -> bool:
    [home] = homes(config)[name]
    definition = "src/" + home.__module__.replace(".", "/") + ".py"
    return f"self.{name}" in words("src/skitter")[definition] or any(
        name in names for path, names in read_names().items() if path != definition
    )


def test_every_option_is_read_somewhere():
    missed = {
        f"{config.__name__}.{name}" for config, name in OPTIONS if name not in WAITING and not is_read(config, name)
    }
    assert not missed


def test_every_option_has_a_test():
    text = "\n".join(words("tests", "test_options.py").values())
    missed = {name for _, name in OPTIONS if name not in WAITING and not re.search(rf"\b{name}\b", text)}
    assert not missed
