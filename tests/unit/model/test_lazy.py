"""Fields that are computed when they are first read."""

import copy
import pickle
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from skitter.model.lazy import LazyModel


class Page(LazyModel):
    url: str
    html: str = ""
    links: list[str] = Field(default_factory=list)


class Shelf(BaseModel):
    page: Page


def lazy_page(calls: list[str] | None = None, **values: Any) -> Page:
    noted = [] if calls is None else calls

    def html() -> str:
        noted.append("html")
        return "<p>Tea</p>"

    def links() -> list[str]:
        noted.append("links")
        return ["/a"]

    return Page.trusted({"url": "u", **values}, {"html": html, "links": links})


PLAIN = Page(url="u", html="<p>Tea</p>", links=["/a"])


def test_a_field_is_computed_at_its_first_read_and_only_then():
    calls: list[str] = []
    page = lazy_page(calls)
    assert (page.url, calls) == ("u", [])
    assert (page.html, page.html) == ("<p>Tea</p>", "<p>Tea</p>")
    assert calls == ["html"]


def test_what_a_function_holds_is_let_go_when_its_field_is_read():
    class Body:
        def decode(self) -> str:
            return "text"

    body = Body()
    gone: list[bool] = []

    weakref.finalize(body, gone.append, True)
    page = Page.trusted({"url": "u"}, {"html": body.decode})
    del body
    assert gone == []
    assert page.html == "text"
    assert gone == [True]


@pytest.mark.parametrize(
    "look",
    [
        lambda page: page.model_dump(),
        lambda page: Page.model_validate_json(page.model_dump_json()).model_dump(),
        lambda page: TypeAdapter(Page).dump_python(page),
        lambda page: Shelf(page=page).model_dump()["page"],
        lambda page: pickle.loads(pickle.dumps(page)).model_dump(),
        lambda page: copy.copy(page).model_dump(),
        lambda page: copy.deepcopy(page).model_dump(),
        lambda page: page.model_copy().model_dump(),
        lambda page: page.model_copy(deep=True).model_dump(),
    ],
)
def test_whole_views_compute_every_field(look: Callable[[Page], dict[str, Any]]):
    assert look(lazy_page()) == {"url": "u", "html": "<p>Tea</p>", "links": ["/a"]}


def test_dumps_in_the_order_of_the_fields():
    page = lazy_page()
    assert page.links == ["/a"]
    assert list(page.model_dump()) == ["url", "html", "links"]


def test_equality_is_by_value_however_much_was_read():
    read = lazy_page()
    assert read.html
    assert read == lazy_page() == PLAIN
    assert lazy_page() == PLAIN
    assert lazy_page() != Page(url="u", html="other", links=["/a"])
    assert lazy_page(url="other") != PLAIN
    assert lazy_page() != "u"


def test_repr_shows_what_a_built_model_shows():
    assert repr(lazy_page()) == repr(PLAIN)


def test_an_assigned_value_is_kept_and_its_function_never_called():
    calls: list[str] = []
    page = lazy_page(calls)
    page.html = "mine"
    assert page.model_dump()["html"] == "mine"
    assert calls == ["links"]


def test_fields_named_nowhere_get_their_own_defaults():
    one, two = Page.trusted({"url": "1"}), Page.trusted({"url": "2"})
    assert one.html == ""
    one.links.append("/x")
    assert two.links == []


@pytest.mark.parametrize("make", [lambda: Page(url="u"), lambda: Page.trusted({"url": "u"})])
def test_an_empty_list_is_made_when_it_is_first_read_and_then_kept(make: Callable[[], Page]):
    page, other = make(), make()
    assert "links" not in page.__dict__
    page.links.append("/a")
    assert page.links == ["/a"]
    assert other.links == []
    assert list(make().model_dump()) == ["url", "html", "links"]
    assert make() == Page(url="u", links=[])
    assert make().model_fields_set == {"url"}


def test_only_what_was_given_counts_as_set():
    assert Page.trusted({"url": "u"}, {"html": str}).model_dump(exclude_unset=True) == {"url": "u", "html": ""}


def test_unknown_names_are_attribute_errors():
    page = lazy_page()
    with pytest.raises(AttributeError, match="nothing"):
        _ = page.nothing
    with pytest.raises(ValueError, match="nothing"):
        page.nothing = 1
    assert not hasattr(page, "nothing")


def test_a_function_that_fails_is_named_and_may_be_tried_again():
    answers: list[Any] = [None, "text"]

    def html() -> str:
        return answers.pop(0).strip()

    page = Page.trusted({"url": "u"}, {"html": html})
    with pytest.raises(RuntimeError, match=r"`html` could not be computed: .*strip"):
        _ = page.html
    assert page.html == "text"


def test_threads_that_read_at_once_see_one_value():
    together = threading.Barrier(2, timeout=10)

    def links() -> list[str]:
        together.wait()
        return ["/a"]

    page = Page.trusted({"url": "u"}, {"links": links})
    seen: list[list[str]] = []
    readers = [threading.Thread(target=lambda: seen.append(page.links)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(10)
    assert seen[0] is seen[1] is page.links


def test_its_json_schema_describes_the_fields_in_both_directions():
    for mode in ("validation", "serialization"):
        assert set(Page.model_json_schema(mode=mode)["properties"]) == {"url", "html", "links"}
