"""What is asked of a parsed page: links, media and tables."""

from pydantic import NonNegativeInt

from skitter.base.options import Options
from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy


class ParseOptions(Options):
    """Which links, media and tables a page reports."""

    prefetch: bool = False
    """Only `html` and `links`: nothing else is computed."""

    parser_type: str = "turbohtml"
    """Name of the HTML parser; every value means the one there is."""

    image_score_threshold: int = 2
    """Images that score more than this, from 0 to 7, are in `result.media`; the others stay in the HTML."""

    image_description_min_word_threshold: NonNegativeInt = 1
    """Fewest words that count as a description of an image."""

    table_score_threshold: int = 7
    """Lowest score at which a table counts as data and not as layout."""

    table_extraction: DefaultTableExtraction | NoTableExtraction | TableExtractionStrategy | None = None
    """How tables are read; None reads them with DefaultTableExtraction."""

    score_links: bool = False
    """Give each link an `intrinsic_score` from its URL, text and place."""

    preserve_https_for_internal_links: bool = False
    """Write links to the page's own host as https when the page was fetched over https."""
