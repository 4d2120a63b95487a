"""What an extraction strategy and a chunking strategy are; subclass them to write your own."""

import re
from abc import ABC, abstractmethod
from typing import Any, Literal

from skitter.base.options import Strategy

InputFormat = Literal["markdown", "html", "fit_html", "cleaned_html", "fit_markdown"]


class ExtractionStrategy(ABC):
    """Reads records from one page.

    Args:
        input_format: What `extract` is given: the page's HTML or its Markdown, whole or filtered.
        options: Kept as attributes of the same names.
    """

    # for subclasses that do not call this class's __init__
    input_format: InputFormat = "markdown"
    verbose: bool = False

    def __init__(self, input_format: InputFormat = "markdown", **options: Any) -> None:
        self.input_format = input_format
        self.name = type(self).__name__
        self.verbose = bool(options.pop("verbose", False))
        for name, value in options.items():
            setattr(self, name, value)

    @abstractmethod
    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        """Return the records of one section, *html* being in the strategy's `input_format`."""

    def run(self, url: str, sections: list[str], *args: Any, **options: Any) -> list[dict[str, Any]]:
        """Return the records of all *sections*, in their order."""
        return [record for section in sections for record in self.extract(url, section, *args, **options)]


class NoExtractionStrategy(ExtractionStrategy):
    """Returns the page itself as its only record."""

    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        """Return the section as one record."""
        del url, args, options
        return [{"index": 0, "content": html}]


class ChunkingStrategy(ABC):
    """Cuts a text into sections."""

    @abstractmethod
    def chunk(self, text: str) -> list[str]:
        """Return the sections of *text*, in order."""


class RegexChunking(Strategy):
    """Cuts at every match of the patterns, one pattern after the other."""

    patterns: tuple[str, ...] = (r"\n\n",)
    """Regular expressions."""

    def chunk(self, text: str) -> list[str]:
        """Return the sections of *text*, in order."""
        sections = [text]
        for pattern in self.patterns:
            sections = [part for section in sections for part in re.split(pattern, section)]
        return sections


class IdentityChunking(Strategy):
    """Does not cut."""

    def chunk(self, text: str) -> list[str]:
        """Return *text* as the only section."""
        return [text]


ChunkingStrategy.register(RegexChunking)
ChunkingStrategy.register(IdentityChunking)
