"""A page as Markdown."""

from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from skitter.model.lazy import LazyModel


class MarkdownGenerationResult(LazyModel):
    """What a Markdown generator returns."""

    raw_markdown: str
    """The page."""

    markdown_with_citations: str = ""
    """The page with each link as a numbered reference."""

    references_markdown: str = ""
    """The numbered links."""

    fit_markdown: str | None = ""
    """What the content filter kept; empty without a filter."""

    fit_html: str | None = ""
    """The HTML that the content filter kept; empty without a filter."""

    def __str__(self) -> str:
        return self.raw_markdown


class Markdown(str):
    """The page's Markdown: a `str` whose other forms are attributes."""

    __slots__ = ("_result",)
    _result: MarkdownGenerationResult

    def __new__(cls, result: MarkdownGenerationResult | str = "") -> Self:
        """Wrap a generator's result, or text that has no other forms."""
        if isinstance(result, str):
            result = MarkdownGenerationResult(raw_markdown=str(result))
        markdown = super().__new__(cls, result.raw_markdown)
        markdown._result = result
        return markdown

    @property
    def raw_markdown(self) -> str:
        """The page, equal to the string itself."""
        return self._result.raw_markdown

    @property
    def markdown_with_citations(self) -> str:
        """The page with each link as a numbered reference."""
        return self._result.markdown_with_citations

    @property
    def references_markdown(self) -> str:
        """The numbered links."""
        return self._result.references_markdown

    @property
    def fit_markdown(self) -> str | None:
        """What the content filter kept; empty without a filter."""
        return self._result.fit_markdown

    @property
    def fit_html(self) -> str | None:
        """The HTML that the content filter kept; empty without a filter."""
        return self._result.fit_html

    def model_dump(self) -> dict[str, Any]:
        """Return every form, by name."""
        return self._result.model_dump()

    def model_dump_json(self) -> str:
        """Return every form, by name, as JSON."""
        return self._result.model_dump_json()

    def __getnewargs__(self) -> tuple[MarkdownGenerationResult]:  # type: ignore[override]  # the argument of __new__
        return (self._result,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept a Markdown, a generator's result or its fields, or plain text; dump every form."""
        del source
        result = handler.generate_schema(MarkdownGenerationResult)
        text = core_schema.str_schema()
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            json_schema_input_schema=core_schema.union_schema([result, text]),
            serialization=core_schema.plain_serializer_function_ser_schema(cls._forms, return_schema=result),
        )

    def _forms(self) -> MarkdownGenerationResult:
        return self._result

    @classmethod
    def _validate(cls, value: Any) -> "Markdown":
        if isinstance(value, cls):
            return value
        if isinstance(value, MarkdownGenerationResult | str):
            return cls(value)
        if value is None:
            return cls("")
        return cls(MarkdownGenerationResult.model_validate(value))
