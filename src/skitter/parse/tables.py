"""Tables: which hold data, and what their cells are."""

from abc import ABC, abstractmethod
from typing import Any

from pydantic import NonNegativeInt
from turbohtml import Element

from skitter.base.options import Strategy


class TableExtractionStrategy(ABC):
    """Reads the tables of a page; subclass it to read them in your own way."""

    @abstractmethod
    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return the data tables below *element*, each ``{headers, rows, caption, summary, metadata}``."""


class NoTableExtraction(Strategy):
    """Reads no tables."""

    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return no tables."""
        del element, options
        return []


class DefaultTableExtraction(Strategy):
    """Reads the tables whose score says that they hold data."""

    table_score_threshold: int | None = None
    """Lowest score of a data table; None is the option of the same name."""

    min_rows: NonNegativeInt = 0
    """Fewest rows."""

    min_cols: NonNegativeInt = 0
    """Fewest columns."""

    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return the data tables below *element*."""
        raise NotImplementedError


TableExtractionStrategy.register(NoTableExtraction)
TableExtractionStrategy.register(DefaultTableExtraction)
