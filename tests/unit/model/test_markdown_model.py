"""A page's Markdown: text that carries its other forms."""

import copy
import json
import pickle

import pytest
from pydantic import BaseModel, ValidationError

from skitter.model.markdown import Markdown, MarkdownGenerationResult

FORMS = {
    "raw_markdown": "# Tea\n\n[Leaves](/leaves)",
    "markdown_with_citations": "# Tea\n\nLeaves⟨1⟩",
    "references_markdown": "\n\n## References\n\n⟨1⟩ /leaves",
    "fit_markdown": "# Tea",
    "fit_html": "<h1>Tea</h1>",
}


class Holder(BaseModel):
    text: Markdown


@pytest.fixture
def markdown() -> Markdown:
    return Markdown(MarkdownGenerationResult(**FORMS))


def test_it_is_the_raw_text(markdown: Markdown):
    assert isinstance(markdown, str)
    assert markdown == FORMS["raw_markdown"]
    assert len(markdown) == len(FORMS["raw_markdown"])
    assert hash(markdown) == hash(FORMS["raw_markdown"])
    assert f"{markdown}" == str(markdown) == FORMS["raw_markdown"]
    assert markdown.splitlines()[0] == "# Tea"
    assert "Leaves" in markdown
    assert markdown[:5] == "# Tea"
    assert json.dumps(markdown) == json.dumps(FORMS["raw_markdown"])


def test_it_carries_every_form(markdown: Markdown):
    assert {name: getattr(markdown, name) for name in FORMS} == FORMS
    assert markdown.model_dump() == FORMS
    assert json.loads(markdown.model_dump_json()) == FORMS


def test_forms_that_are_computed_later_are_computed_once():
    calls: list[int] = []

    def citations() -> str:
        calls.append(1)
        return "cited"

    markdown = Markdown(MarkdownGenerationResult.trusted({"raw_markdown": "x"}, {"markdown_with_citations": citations}))
    assert (markdown, calls) == ("x", [])
    assert markdown.markdown_with_citations == markdown.markdown_with_citations == "cited"
    assert calls == [1]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_copies_keep_every_form(markdown: Markdown, copied):
    twin = copied(markdown)
    assert type(twin) is Markdown
    assert twin.model_dump() == FORMS


def test_plain_text_has_no_other_forms():
    text = Markdown("plain")
    assert text.model_dump() == {
        "raw_markdown": "plain",
        "markdown_with_citations": "",
        "references_markdown": "",
        "fit_markdown": "",
        "fit_html": "",
    }
    assert not Markdown()


@pytest.mark.parametrize("given", ["plain", FORMS, MarkdownGenerationResult(**FORMS), None])
def test_models_take_it_in_every_shape(given):
    text = Holder(text=given).text
    assert type(text) is Markdown
    assert text.fit_markdown == ("# Tea" if given not in ("plain", None) else "")


def test_models_refuse_what_is_no_markdown():
    with pytest.raises(ValidationError):
        Holder(text=12)
    with pytest.raises(ValidationError):
        Holder(text={"fit_markdown": "no raw form"})


def test_models_dump_every_form_and_read_it_back(markdown: Markdown):
    held = Holder(text=markdown)
    assert held.model_dump() == {"text": FORMS}
    assert Holder.model_validate_json(held.model_dump_json()).text.model_dump() == FORMS


def test_models_describe_what_they_take_and_what_they_give():
    taken = Holder.model_json_schema()["properties"]["text"]
    assert {"type": "string"} in taken["anyOf"]
    given = Holder.model_json_schema(mode="serialization")["properties"]["text"]
    assert given["$ref"].endswith("MarkdownGenerationResult")


def test_a_generators_result_reads_as_its_text():
    assert str(MarkdownGenerationResult(**FORMS)) == FORMS["raw_markdown"]
