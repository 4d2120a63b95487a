"""What `import skitter` gives, and at what price."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import skitter
from skitter.compat.names import LATER

PROMISED = [
    "AsyncFileLogger", "AsyncHTTPCrawlerStrategy", "AsyncLogger", "AsyncLoggerBase", "AsyncWebCrawler",
    "BM25ContentFilter", "BaseDispatcher", "BrowserConfig", "CacheMode", "ChunkingStrategy", "ContentScrapingStrategy",
    "CrawlRequest", "CrawlResult", "CrawlerMonitor", "CrawlerRunConfig", "DefaultMarkdownGenerator",
    "DefaultTableExtraction", "DispatchResult", "DisplayMode", "ExtractionStrategy", "GeolocationConfig",
    "HTTPCrawlerConfig", "LXMLWebScrapingStrategy", "LinkPreviewConfig", "MarkdownGenerationResult", "MatchMode",
    "MemoryAdaptiveDispatcher", "MemoryMonitor", "NoExtractionStrategy", "NoTableExtraction", "ProxyConfig",
    "ProxyRotationStrategy", "PruningContentFilter", "PruningContentFilterLXML", "RateLimiter", "RegexChunking",
    "RelevantContentFilter", "RoundRobinProxyStrategy", "SemaphoreDispatcher", "TableExtractionStrategy",
    "VirtualScrollConfig", "WebScrapingStrategy", "crawl", "get_true_memory_usage_percent",
]  # fmt: skip


def checked_imports() -> Iterator[tuple[str, str]]:
    """Yield what a type checker sees: each name with its module."""
    tree = ast.parse(Path(skitter.__file__).read_text())
    for block in tree.body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for node in block.body:
                assert isinstance(node, ast.ImportFrom)
                for alias in node.names:
                    assert alias.asname is None
                    yield alias.name, str(node.module)


def test_what_is_promised_is_there():
    assert set(skitter.__all__) >= set(PROMISED)
    assert skitter.__version__ == "0.1.0"


def test_checkers_and_programs_see_the_same():
    seen = dict(checked_imports())
    assert seen.keys() | {"__version__"} == set(skitter.__all__)
    assert seen == {name: f"skitter.{home}" for name, home in skitter._HOME_OF.items()}


@pytest.mark.parametrize("name", sorted({*skitter.__all__} - {"__version__", "crawl"}))
def test_every_name_is_the_object_of_its_module(name: str):
    home = importlib.import_module(f"skitter.{skitter._HOME_OF[name]}")
    assert getattr(skitter, name) is getattr(home, name)


def test_every_error_is_public():
    errors = importlib.import_module("skitter.errors")
    classes = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert classes <= set(skitter.__all__)


def test_dir_lists_what_is_there_and_nothing_that_is_not():
    assert set(skitter.__all__) <= set(dir(skitter))
    assert not LATER.keys() & set(dir(skitter))


def test_a_star_import_gives_everything():
    namespace: dict[str, object] = {}
    exec("from skitter import *", namespace)
    assert namespace.keys() >= set(skitter.__all__)


@pytest.mark.parametrize("name", sorted(LATER))
def test_a_name_that_is_to_come_says_so_however_it_is_asked_for(name: str):
    with pytest.raises(ImportError, match=rf"^`{name}` \(.+\) is not part of skitter 0\.1 yet$"):
        exec(f"from skitter import {name}")
    with pytest.raises(ImportError, match="yet"):
        getattr(skitter, name)
    assert name not in skitter.__all__


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(skitter, "AsyncWebCrawlers")
    with pytest.raises(AttributeError, match="module 'skitter' has no attribute 'AsyncWebCrawlers'"):
        _ = skitter.AsyncWebCrawlers
    with pytest.raises(ImportError, match="AsyncWebCrawlers"):
        exec("from skitter import AsyncWebCrawlers")


def test_crawl_is_the_function_and_the_folder():
    code = """
import skitter
from skitter import AsyncWebCrawler, crawl
import skitter.crawl.one as one
assert one is skitter.crawl.one
print(skitter.crawl("raw:<h1>Tea</h1>").markdown, end="")
assert crawl is skitter.crawl
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == "# Tea"


def test_importing_takes_next_to_no_time():
    code = "import time; start = time.process_time(); import skitter; print(time.process_time() - start)"
    took = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout) for _ in "123"]
    assert min(took) <= 0.15
