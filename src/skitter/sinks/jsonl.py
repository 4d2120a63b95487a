"""A result as JSON: one line each, so that a file can be read, cut and joined line by line."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticSerializationError
from pydantic_core import to_json as to_json_bytes

from skitter.model.result import CrawlResult


def to_json(result: CrawlResult, fields: Sequence[str] | None = None, *, indent: int | None = None) -> bytes:
    r"""Return *result* as UTF-8 JSON, without a line end; on one line unless *indent* is given.

    Bytes become base64, numbers that JSON does not have become null, and what has no JSON form becomes text.

    Args:
        result: The page.
        fields: Names of the fields to write, in their order; None writes all. Fields that are not named are not
            computed.
        indent: Spaces for each level; None writes one line.

    Example:
        >>> page = CrawlResult(url="https://example.com/", success=True)
        >>> to_json(page, ["url", "success"])
        b'{"url":"https://example.com/","success":true}'
    """
    record: Any = result if fields is None else {name: getattr(result, name) for name in fields}
    try:
        return to_json_bytes(record, indent=indent, bytes_mode="base64", inf_nan_mode="null", fallback=str)
    except PydanticSerializationError:
        # a lone surrogate has no UTF-8 form: JSON can write it as \udxxx, which only json.dumps does
        plain = result.model_dump() if fields is None else record
        return json.dumps(plain, indent=indent, default=_jsonable).encode()


def _jsonable(value: Any) -> Any:
    return json.loads(to_json_bytes(value, bytes_mode="base64", inf_nan_mode="null", fallback=str))
