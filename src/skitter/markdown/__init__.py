"""The elements of a cleaned page in, Markdown out. Read ``generator.py`` first, then ``writer.py``."""

from skitter.markdown.generator import (
    ContentFilter,
    DefaultMarkdownGenerator,
    MarkdownGenerationStrategy,
    Written,
    generate,
)

__all__ = ["ContentFilter", "DefaultMarkdownGenerator", "MarkdownGenerationStrategy", "Written", "generate"]
