"""What is asked of the Markdown stage."""

from skitter.base.options import Options
from skitter.markdown.generator import DefaultMarkdownGenerator, MarkdownGenerationStrategy


class MarkdownOptions(Options):
    """How a page is written as Markdown."""

    markdown_generator: DefaultMarkdownGenerator | MarkdownGenerationStrategy | None = DefaultMarkdownGenerator()
    """Writes the Markdown; None writes none."""
