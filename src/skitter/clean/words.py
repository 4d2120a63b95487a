"""Counting words, in scripts with and without spaces between them."""

import re
from typing import Final

# Thai, Lao, Myanmar, Khmer, Japanese kana, Chinese characters.
UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_unspaced_runs = re.compile(f"[{UNSPACED}]+")
_CHARACTERS_A_WORD: Final = 2


def count_words(text: str) -> int:
    """Return how many words *text* has.

    A word is what stands between spaces. In scripts that write none, such as Chinese, Japanese and Thai, two characters
    count as one, which is about what their translations come to.
    """
    words = len(text.split())
    if text.isascii():
        return words
    characters = 0

    def space(run: re.Match[str]) -> str:
        nonlocal characters
        characters += len(run[0])
        return " "

    spaced = _unspaced_runs.sub(space, text)
    if characters == 0:
        return words
    others = sum(any(map(str.isalnum, word)) for word in spaced.split())
    return others + -(-characters // _CHARACTERS_A_WORD)
