import pytest

from skitter.parse.document import read
from skitter.parse.links import expand_links, read_links
from skitter.parse.options import ParseOptions

URL = "https://example.com/blog/page.html"


def scores(body: str, url: str = URL) -> list[float]:
    document = read(body, url=url, base_url=url)
    found = expand_links(read_links(document, ParseOptions(score_links=True)))
    return [link["intrinsic_score"] for link in found["internal"] + found["external"]]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("<a href=/a title=T>some words</a>", "<a href=/a>some words</a>"),
        ("<nav><a href=/a>some words</a></nav>", "<div><a href=/a>some words</a></div>"),
        ("<a href=/a>some words</a>", "<a href=/a class=ad>some words</a>"),
        ("<a href=/a rel=next>some words</a>", "<a href=/a>some words</a>"),
        ("<a href=/a>some words</a>", "<a href=/a rel='sponsored nofollow'>some words</a>"),
        ("<a href=/docs/install>some words</a>", "<a href=/blog/install>some words</a>"),
        ("<a href=/blog/install>some words</a>", "<a href=/other/install>some words</a>"),
        ("<a href=/other>some words</a>", "<a href=/login>some words</a>"),
        ("<a href=/a/b>some words</a>", "<a href=/a/b/c/d/e/f>some words</a>"),
        ("<a href=https://x.org/>some words</a>", "<a href=http://x.org/>some words</a>"),
        ("<a href=/a>four words say more</a>", "<a href=/a>word</a>"),
        ("<a href=/a>some words</a>", "<a href=/a>click here</a>"),
        (
            "<title>Garden ponds</title><a href=/a>Garden ponds</a>",
            "<title>Garden ponds</title><a href=/a>Motor boats</a>",
        ),
    ],
)
def test_a_promising_link_scores_higher(better, worse):
    assert scores(better) > scores(worse)


def test_scores_stay_between_0_and_10():
    words = "Docs api guide tutorial"
    best = f"<title>{words}</title><nav><a href=/docs/api title=t rel=next class=menu>{words}</a></nav>"
    worst = "<a href=http://x.org/login/a/b/c/d/e/f class=ads rel=ugc>here</a>"
    assert scores(best, "https://example.com/docs/") == [10.0]
    assert 0 <= scores(worst)[0] < 1
    assert scores("<p><a class=banner rel=ugc href=http://x.org/cart/1/2/3/4/5/6>more</a>") == [0.0]


def test_links_are_not_scored_unless_asked():
    document = read("<a href=/a>x</a>", url=URL, base_url=URL)
    assert expand_links(read_links(document, ParseOptions()))["internal"][0]["total_score"] is None
