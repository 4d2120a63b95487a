"""crawl4ai's modules and names, found in `crawl4ai` and beside skitter's own."""

import ast
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import skitter
from skitter.compat.lookup import stand_in
from skitter.compat.names import IMPORTED_AHEAD, LATER, MODULES
from skitter.errors import ConfigError

ROOT = Path(__file__).parents[3]
PACKAGES = ["skitter", "crawl4ai"]

IMPORTS = """
from crawl4ai import AsyncWebCrawler
from crawl4ai import AsyncWebCrawler, BrowserConfig, CrawlerRunConfig, CacheMode
from crawl4ai import CrawlerMonitor, DisplayMode, RateLimiter, MatchMode, ProxyConfig, GeolocationConfig
from crawl4ai import Crawler, CrawlerRunConfig
from crawl4ai import LXMLWebScrapingStrategy, WebScrapingStrategy
from crawl4ai import PruningContentFilter, BM25ContentFilter, RelevantContentFilter
from crawl4ai import MemoryAdaptiveDispatcher, SemaphoreDispatcher, BaseDispatcher
from crawl4ai import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy
from crawl4ai.async_webcrawler import AsyncWebCrawler
from crawl4ai.async_configs import BrowserConfig, CrawlerRunConfig, HTTPCrawlerConfig, ProxyConfig, UrlMatcher
from crawl4ai.async_configs import to_serializable_dict, from_serializable_dict
from crawl4ai.async_dispatcher import MemoryAdaptiveDispatcher, SemaphoreDispatcher, RateLimiter
from crawl4ai.async_crawler_strategy import AsyncCrawlerStrategy, AsyncHTTPCrawlerStrategy
from crawl4ai.async_crawler_strategy import HTTPCrawlerError, ConnectionTimeoutError, HTTPStatusError
from crawl4ai.cache_context import CacheMode
from crawl4ai.chunking_strategy import RegexChunking, IdentityChunking, ChunkingStrategy
from crawl4ai.content_filter_strategy import PruningContentFilter, BM25ContentFilter, RelevantContentFilter
from crawl4ai.content_filter_strategy_lxml import PruningContentFilterLXML
from crawl4ai.content_scraping_strategy import LXMLWebScrapingStrategy, WebScrapingStrategy, ContentScrapingStrategy
from crawl4ai.extraction_strategy import ExtractionStrategy, NoExtractionStrategy
from crawl4ai.extraction_strategy import JsonCssExtractionStrategy, LLMExtractionStrategy, CosineStrategy
from crawl4ai.markdown_generation_strategy import DefaultMarkdownGenerator, MarkdownGenerationStrategy
from crawl4ai.models import CrawlResult, MarkdownGenerationResult, DispatchResult, CrawlResultContainer
from crawl4ai.models import StringCompatibleMarkdown, CrawlerTaskResult, CrawlStatus, CrawlStats, DisplayMode
from crawl4ai.models import ScrapingResult, Media, MediaItem, Link, Links
from crawl4ai.processors.pdf import PDFContentScrapingStrategy, PDFCrawlerStrategy
from crawl4ai.proxy_strategy import ProxyConfig, RoundRobinProxyStrategy, ProxyRotationStrategy
from crawl4ai.async_logger import AsyncLogger, AsyncLoggerBase, AsyncFileLogger, LogLevel
from crawl4ai.components.crawler_monitor import CrawlerMonitor
from crawl4ai.table_extraction import TableExtractionStrategy, DefaultTableExtraction, NoTableExtraction
from crawl4ai.types import AsyncWebCrawler, CrawlerRunConfig
from crawl4ai.ssl_certificate import SSLCertificate
from crawl4ai.utils import get_true_memory_usage_percent, MemoryMonitor
from crawl4ai.utils import get_memory_stats, get_true_available_memory_gb
from crawl4ai.utils import normalize_url, get_base_domain, is_external_url
import crawl4ai.deep_crawling, crawl4ai.deep_crawling.filters, crawl4ai.browser_manager, crawl4ai.script
""".strip().splitlines()


@pytest.fixture(scope="module", autouse=True)
def _crawl4ai_is_found() -> None:
    if importlib.util.find_spec("crawl4ai") is None:
        sys.path.append(str(ROOT / "compat/src"))


def names_in(module: str) -> dict[str, tuple[str, str]]:
    found = {}
    for home, entries in MODULES[module].items():
        for entry in entries:
            name, _, alias = entry.partition(" as ")
            found[alias or name] = (home, name)
    return found


@pytest.mark.parametrize("line", IMPORTS)
@pytest.mark.parametrize("package", PACKAGES)
def test_documented_imports_work(package: str, line: str):
    if package == "skitter" and "Crawler," in line.split():
        pytest.skip("an alias of crawl4ai alone")
    namespace: dict[str, object] = {}
    exec(line.replace("crawl4ai", package), namespace)
    assert len(namespace) > 1


@pytest.mark.parametrize("module", MODULES)
def test_every_name_is_skitters_own_object(module: str):
    for package in PACKAGES:
        found = importlib.import_module(f"{package}.{module}")
        assert set(found.__all__) == names_in(module).keys()
        for name, (home, own_name) in names_in(module).items():
            assert getattr(found, name) is getattr(importlib.import_module(home), own_name)
        assert set(dir(found)) == {*found.__all__, *IMPORTED_AHEAD.get(module, ())}


def test_the_top_has_all_of_skitters_names():
    import crawl4ai

    for name in {*skitter.__all__} - {"__version__"}:
        assert getattr(crawl4ai, name) is getattr(skitter, name)
    assert crawl4ai.Crawler is skitter.AsyncWebCrawler
    assert set(crawl4ai.__all__) == set(dir(crawl4ai)) == {*skitter.__all__, "Crawler"}
    assert crawl4ai.__version__ == skitter.__version__


def test_modules_are_found_from_the_top_without_importing_them():
    import crawl4ai

    assert isinstance(crawl4ai.async_configs, ModuleType)
    assert crawl4ai.async_configs.BrowserConfig is skitter.BrowserConfig


@pytest.mark.parametrize(
    "line",
    [
        "from crawl4ai import LLMConfig",
        "from crawl4ai import JsonCssExtractionStrategy",
        "from crawl4ai.async_configs import LLMConfig, BrowserConfig",
        "from crawl4ai.async_crawler_strategy import AsyncPlaywrightCrawlerStrategy",
        "from crawl4ai.cache_context import _legacy_to_cache_mode",
        "from crawl4ai.content_filter_strategy import LLMContentFilter",
        "from crawl4ai.deep_crawling import BFSDeepCrawlStrategy",
        "from crawl4ai.deep_crawling.filters import FilterChain",
        "from crawl4ai.adaptive_crawler import EmbeddingStrategy",
        "from crawl4ai.antibot_detector import is_blocked",
        "from crawl4ai.async_database import async_db_manager",
        "from crawl4ai.browser_manager import BrowserManager, ManagedBrowser",
        "from crawl4ai.browser_profiler import ShrinkLevel, shrink_profile",
        "from crawl4ai.cache_validator import CacheValidator, CacheValidationResult",
        "from crawl4ai.hub import BaseCrawler",
        "from crawl4ai.types import create_llm_config",
        "from crawl4ai.utils import RobotsParser",
    ],
)
@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_to_come_says_so_by_its_name(package: str, line: str):
    first = line.split("import ")[1].split(",", maxsplit=1)[0]
    with pytest.raises(ImportError, match=rf"^`{first}` \(.+\) is not part of skitter 0\.1 yet$") as caught:
        exec(line.replace("crawl4ai", package))
    assert caught.value.name == first


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_name_is_unknown(package: str):
    with pytest.raises(ImportError, match="cannot import name 'RateLimit'"):
        exec(f"from {package}.async_dispatcher import RateLimit")
    module = importlib.import_module(f"{package}.utils")
    with pytest.raises(AttributeError, match="module 'utils' has no attribute 'nothing'"):
        _ = module.nothing
    assert not hasattr(importlib.import_module(package), "nothing")


@pytest.mark.parametrize("name", sorted(name for names in IMPORTED_AHEAD.values() for name in names))
def test_what_is_imported_ahead_says_so_when_it_is_constructed(name: str):
    strategy = stand_in(name)
    assert strategy is stand_in(name)
    assert (strategy.__name__, strategy.__doc__) == (name, f"{_sentence(name)}.")
    for arguments in ((), ({"name": "x"},)):
        with pytest.raises(ConfigError, match=re.escape(_sentence(name))):
            strategy(*arguments)
    with pytest.raises(ConfigError):
        type("Mine", (strategy,), {})()


def _sentence(name: str) -> str:
    return f"`{name}` ({LATER[name]}) is not part of skitter 0.1 yet"


def test_no_name_is_both_there_and_to_come():
    there = {name for module in MODULES for name in names_in(module)} | set(skitter.__all__)
    assert not there & LATER.keys()
    assert {name for names in IMPORTED_AHEAD.values() for name in names} <= LATER.keys()


def test_the_modules_are_as_the_generator_writes_them():
    spec = importlib.util.spec_from_file_location("generate_compat", ROOT / "tools/generate_compat.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(generator)
    sys.path[:] = path
    expected = dict(generator.files())
    for folder in (generator.BESIDE_SKITTERS_OWN, generator.CRAWL4AI):
        written = set(folder.rglob("*.py"))
        assert written == {file for file in expected if folder in file.parents}
    for file, text in expected.items():
        assert file.read_text() == text, "run tools/generate_compat.py"
        ast.parse(text)
