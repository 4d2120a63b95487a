import json

import pytest

from skitter.model.result import CrawlResult
from skitter.sinks import to_json


def page(**fields: object) -> CrawlResult:
    return CrawlResult.model_validate({"url": "https://example.com/", "success": True} | fields)


def test_it_is_one_line_with_every_field():
    line = to_json(page(html="<p>a\nb</p>"))
    assert b"\n" not in line
    assert json.loads(line).keys() == CrawlResult.model_fields.keys()


def test_what_json_has_no_form_for_is_written_all_the_same():
    line = to_json(page(pdf=b"\xff\x00", metadata={"ratio": float("nan"), "made_by": CrawlResult}))
    record = json.loads(line)
    assert CrawlResult.model_validate_json(line).pdf == b"\xff\x00"
    assert record["metadata"]["ratio"] is None
    assert "CrawlResult" in record["metadata"]["made_by"]


def test_a_lone_surrogate_comes_back():
    whole = json.loads(to_json(page(html="a\ud800b", pdf=b"\xff")))
    assert whole["html"] == "a\ud800b"
    assert CrawlResult.model_validate_json(json.dumps(whole | {"html": ""})).pdf == b"\xff"
    assert json.loads(to_json(page(html="a\ud800b"), ["html", "links"]))["html"] == "a\ud800b"


def test_fields_that_are_not_named_are_not_computed():
    def fail() -> str:
        pytest.fail("nobody asked for the HTML")

    lazy = CrawlResult.trusted({"url": "https://example.com/", "success": True}, {"html": fail})
    assert json.loads(to_json(lazy, ["success", "url"])) == {"success": True, "url": "https://example.com/"}


def test_it_can_be_indented():
    assert to_json(page(), ["url"], indent=2) == b'{\n  "url": "https://example.com/"\n}'
