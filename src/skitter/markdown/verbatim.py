"""Parts of a page that go into its Markdown as they are."""

import re

from turbohtml import Element, Text

_stand_in = re.compile("\ue000(\\d+)\ue001")


class Verbatim:
    """Holds parts of a page while the rest is written."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def take(self, element: Element, text: str | None = None) -> None:
        """Replace *element* by a sign for *text*, its HTML where none is given."""
        self._parts.append(element.html if text is None else text)
        element.replace_with(Text(f"\ue000{len(self._parts) - 1}\ue001"))

    def restore(self, markdown: str) -> str:
        """Put the parts in the places of their signs."""
        if not self._parts:
            return markdown
        return _stand_in.sub(
            lambda sign: self._parts[int(sign[1])] if int(sign[1]) < len(self._parts) else "", markdown
        )
