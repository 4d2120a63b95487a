"""What is asked of extraction."""

from skitter.base.options import Options
from skitter.extract.strategy import ChunkingStrategy, ExtractionStrategy, IdentityChunking, RegexChunking


class ExtractOptions(Options):
    """How records are read from a page."""

    extraction_strategy: ExtractionStrategy | None = None
    """Reads records from the page into `result.extracted_content`; None reads none."""

    chunking_strategy: RegexChunking | IdentityChunking | ChunkingStrategy = RegexChunking()
    """Cuts Markdown into sections before a strategy that reads Markdown."""
