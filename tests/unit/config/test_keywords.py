"""What type checkers and editors are told of the options."""

import runpy
import subprocess
import sys
import typing
from pathlib import Path

from skitter.config import BrowserConfig, CrawlerRunConfig
from skitter.config.keywords import BrowserKeywords, CrawlKeywords, CrawlOverrides

TOOL = Path(__file__).parents[3] / "tools/generate_keywords.py"


def test_every_option_is_known():
    assert typing.get_type_hints(CrawlKeywords).keys() == CrawlerRunConfig.model_fields.keys()
    assert typing.get_type_hints(CrawlOverrides).keys() == CrawlerRunConfig.model_fields.keys() - {"url"}
    assert typing.get_type_hints(BrowserKeywords).keys() == BrowserConfig.model_fields.keys()


def test_it_is_as_the_generator_writes_it():
    path = list(sys.path)
    tool = runpy.run_path(str(TOOL))
    sys.path[:] = path
    assert tool["TARGET"].read_text() == tool["text"](), "run tools/generate_keywords.py"


def test_no_program_loads_it():
    code = "import sys, skitter.crawler; print('skitter.config.keywords' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
