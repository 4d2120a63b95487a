"""The names of crawl4ai's `markdown_generation_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.clean import RelevantContentFilter
    from skitter.markdown.generator import DefaultMarkdownGenerator, MarkdownGenerationStrategy
    from skitter.model.markdown import MarkdownGenerationResult
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("markdown_generation_strategy")

__all__ = [
    "DefaultMarkdownGenerator",
    "MarkdownGenerationResult",
    "MarkdownGenerationStrategy",
    "RelevantContentFilter",
]
