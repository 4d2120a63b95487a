import asyncio

import pytest
from pydantic import ValidationError

from skitter.config import CrawlerRunConfig
from skitter.crawl.scraping import LXMLWebScrapingStrategy, WebScrapingStrategy
from skitter.errors import ConfigError
from skitter.model.scraping import ContentScrapingStrategy

URL = "https://www.example.com/a/"
PAGE = (
    "<title>T</title><h1>Heading</h1><p>Some <a href=x>link</a></p><img src=i.png alt=i width=300>"
    "<table><tr><th>a<th>b<tr><td>1<td>2</table><form>form</form>"
)


def test_a_page_is_scraped():
    result = LXMLWebScrapingStrategy().scrap(URL, PAGE)
    assert result.success
    assert "<h1>Heading</h1>" in result.cleaned_html
    assert result.links.internal[0].href == "https://www.example.com/a/x"
    assert result.media.images[0].src == "https://www.example.com/a/i.png"
    assert result.media.tables[0]["headers"] == ["a", "b"]
    assert result.metadata["title"] == "T"


def test_options_are_those_of_the_run_config_by_name():
    result = LXMLWebScrapingStrategy().scrap(
        URL, PAGE, remove_forms=True, base_url="http://b.example/", **{"excluded_tags": ["table"]}
    )
    assert "form" not in result.cleaned_html
    assert result.media.tables == []
    assert [link.href for link in result.links.external] == ["http://b.example/x"]


def test_every_option_may_be_given():
    options = CrawlerRunConfig().to_dict()
    del options["url"]  # given by position
    assert LXMLWebScrapingStrategy().scrap(URL, PAGE, **options).success


def test_a_typo_is_refused():
    with pytest.raises(ConfigError, match="did you mean `remove_forms`"):
        LXMLWebScrapingStrategy().scrap(URL, PAGE, remove_form=True)


def test_it_may_be_awaited():
    assert asyncio.run(LXMLWebScrapingStrategy().ascrap(URL, PAGE)).success


def test_it_is_a_strategy_that_can_be_dumped_and_compared():
    assert isinstance(LXMLWebScrapingStrategy(), ContentScrapingStrategy)
    assert WebScrapingStrategy is LXMLWebScrapingStrategy
    config = CrawlerRunConfig(scraping_strategy=LXMLWebScrapingStrategy())
    assert CrawlerRunConfig.load(config.dump()) == config
    with pytest.raises((ConfigError, ValidationError)):
        LXMLWebScrapingStrategy(parser="lxml")
