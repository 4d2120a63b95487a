"""BM25ContentFilter: keeps the blocks of a page that answer a query.

Okapi BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009) over the page's own blocks, with the
idf of Lucene, ``ln(1 + (n - df + 0.5) / (df + 0.5))``: on a page of a few blocks the original one is 0 or less for the
very words that were asked for.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from turbohtml import Element, Node

from skitter.base.options import Strategy
from skitter.clean.blocks import Block, text_blocks
from skitter.clean.filters import RelevantContentFilter, page_query, parsed
from skitter.clean.stemming import stem
from skitter.clean.words import UNSPACED, count_words

_K1: Final = 1.5
_B: Final = 0.75
_WEIGHTS: Final = {
    "h1": 5.0,
    "h2": 4.0,
    "title": 4.0,
    "h3": 3.0,
    "strong": 2.0,
    "blockquote": 2.0,
    "code": 2.0,
    "b": 1.5,
    "em": 1.5,
    "pre": 1.5,
    "th": 1.5,
}
_IN_LISTS: Final = frozenset({"li", "dt", "dd"})
_STOP_WORDS: Final = """
    a about above after again against all am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her
    here hers him his how i if in into is it its itself just me more most my no nor not now of off on once only
    or other our ours out over own same she should so some such than that the their theirs them then there these
    they this those through to too under until up us very was we were what when where which while who whom why
    will with would you your yours
"""
_stop_words = frozenset(_STOP_WORDS.split())
_token = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
_is_unspaced = re.compile(f"[{UNSPACED}]").match


class BM25ContentFilter(Strategy):
    """Keeps the blocks of a page that answer a query: paragraphs, headings, list items, whole tables and code."""

    user_query: str | None = None
    """What to look for; None asks for what the page says it is about: its title, first heading and description."""

    bm25_threshold: float = 1.0
    """Lowest score that is kept; a block without any word of the query has 0."""

    language: str = "english"
    """The page's language; English words are stemmed and its stop words left out, others are taken as they stand."""

    use_stemming: bool = True
    """Let `connection` and `connected` count as one word; English only."""

    def filter_content(self, html: str, min_word_threshold: int | None = None) -> list[str]:
        """Return the HTML of the blocks of *html* that are kept, in document order."""
        body = parsed(html).find("body")
        return [] if body is None else [element.html for element in self._kept(body, min_word_threshold or 0)]

    def keep(self, root: Element) -> list[Element]:
        """Return the blocks of *root*, the body of a parsed page, that are kept; they are taken out of it."""
        return self._kept(root, 0)

    def extract_page_query(self, html: str) -> str:
        """Return what is looked for in this page."""
        return self.user_query or page_query(parsed(html))

    def _kept(self, body: Element, fewest_words: int) -> list[Element]:
        query = self.user_query or page_query(_page(body))
        wanted = self._tokens(query)
        blocks = [block for block in text_blocks(body) if count_words(block.text) >= fewest_words]
        scores = bm25([self._tokens(block.text) for block in blocks], wanted)
        chosen: dict[str, Block] = {}
        for block, score in zip(blocks, scores, strict=True):
            if score > 0 and score * _weight(block) >= self.bm25_threshold:
                chosen.setdefault(" ".join(block.text.split()), block)
        return _elements(list(chosen.values()), body)

    def _tokens(self, text: str) -> list[str]:
        english = self.language.lower() in {"english", "en"}
        tokens: list[str] = []
        for word in _token.findall(text.lower()):
            if _is_unspaced(word):  # no dictionary: pairs of characters stand for words
                tokens += [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
            elif not english:
                tokens.append(word)
            elif word not in _stop_words:
                tokens.append(stem(word) if self.use_stemming else word)
        return tokens


BM25ContentFilterLXML = BM25ContentFilter
RelevantContentFilter.register(BM25ContentFilter)


def bm25(blocks: Sequence[Sequence[str]], query: Sequence[str], *, k1: float = _K1, b: float = _B) -> list[float]:
    """Score each block of a page against a query; higher is closer.

    Args:
        blocks: The words of each block; there may be none.
        query: The words to look for.
        k1: How soon repeats of a word stop counting, 0 or more.
        b: How much long blocks are held back, from 0 (not at all) to 1.

    Returns:
        A score of 0 or more for each block. Linear in the page's words.

    Example:
        >>> [round(score, 2) for score in bm25([["red", "fox"], ["blue", "sky"]], ["fox"])]
        [0.69, 0.0]
    """
    if not blocks or not query:
        return [0.0] * len(blocks)
    counted = [Counter(block) for block in blocks]
    in_blocks = Counter(word for counts in counted for word in counts)
    mean = sum(map(len, blocks)) / len(blocks) or 1.0
    total = len(blocks)
    idf = {word: math.log(1 + (total - in_blocks[word] + 0.5) / (in_blocks[word] + 0.5)) for word in query}
    scores = []
    for block, counts in zip(blocks, counted, strict=True):
        length = k1 * (1 - b + b * len(block) / mean)
        found = (word for word in query if word in counts)
        scores.append(sum((idf[word] * counts[word] * (k1 + 1) / (counts[word] + length) for word in found), 0.0))
    return scores


def _weight(block: Block) -> float:
    weight = _WEIGHTS.get(block.element.tag, 1.0)
    if len(block.nodes) == 1 and isinstance(only := block.nodes[0], Element):
        weight = max(weight, _WEIGHTS.get(only.tag, 1.0))
    return weight


def _elements(blocks: Sequence[Block], body: Element) -> list[Element]:
    """Return *blocks* as elements of their own; items of one list stay together in one."""
    found: list[Element] = []
    lists: list[Node | None] = []
    for block in blocks:
        element, around = block.element, block.element.parent
        if not block.whole or element is body:
            found.append(Element("div", children=[node.extract() for node in block.nodes]))
            lists.append(None)
        elif element.tag in _IN_LISTS and isinstance(around, Element):
            if lists and lists[-1] == around:
                found[-1].append(element.extract())
            else:
                found.append(Element(around.tag, children=[element.extract()]))
                lists.append(around)
        else:
            found.append(element.extract())
            lists.append(None)
    return found


def _page(body: Element) -> Node:
    """Return the page that *body* is part of."""
    page: Node = body
    for page in body.ancestors:  # noqa: B007  # the last one
        pass
    return page
