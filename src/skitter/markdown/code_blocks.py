"""Code blocks made plain: one `<pre>` with one text, every character of the code in it, and its language as a class."""

import re
from collections.abc import Iterable
from typing import Final

from turbohtml import Element, Node, Text

_NUMBERS: Final = (
    ".linenos,.lineno,.linenums-number,.line-number,.line-numbers-rows,.line-numbers-sizer,.hljs-ln-numbers,.ln-num,"
    ".rouge-gutter,.gutter,.blob-num,.lnt,.lnum,.crayon-nums,button:not(:has(pre))"
)
_LINE_ELEMENTS: Final = frozenset({"div", "p", "li", "tr", "table", "tbody", "ol", "ul"})
_LISTINGS: Final = frozenset(
    {"highlighttable", "codehilitetable", "rouge-table", "lntable", "hljs-ln", "syntaxhighlighter", "crayon-table"}
    | {"js-file-line-container", "code-table", "linenos-table"}
)

_prefixed = re.compile(
    r"(?:language|lang|highlight-source|highlight-text|highlight|brush|code)[-:]\s?([a-z0-9+#.\-]+)"
).match
_language = re.compile(r"[a-z0-9+#.\-]{1,30}").fullmatch
_NO_LANGUAGE: Final = frozenset(
    {"none", "nohighlight", "no-highlight", "undefined", "unknown", "auto", "plain", "text-only"}
)
_LANGUAGES: Final = frozenset(
    """
    abap actionscript ada apache apex applescript arduino asm assembly awk bash basic bat batch bibtex brainfuck c c#
    c++ cfg clojure cmake cobol coffeescript conf console cpp crystal cs csharp csh css csv cuda cython d dart delphi
    diff dockerfile dos elisp elixir elm erb erlang f# fish fortran fsharp gherkin glsl go golang gradle graphql groovy
    haml handlebars haskell hcl hlsl html http ini java javascript jinja jinja2 js json json5 jsonc jsx julia kotlin
    latex less lisp llvm log lua makefile markdown mathematica matlab md mermaid mysql nasm nginx nim nix objc
    objective-c objectivec ocaml octave pascal patch perl pgsql php plaintext plsql postgresql powershell prolog
    properties proto protobuf ps1 puppet py pycon python python3 qml r racket rb reason rst ruby rust rs sas sass scala
    scheme scss sh shell shell-session smalltalk solidity sparql sql svelte swift systemverilog tcl terraform tex toml
    ts tsql tsx typescript v vala vb vbnet verilog vhdl vim vue wasm xml xquery yaml yml zig zsh
    """.split()  # noqa: SIM905  # a list of words reads best as words
)


def prepare_code(blocks: Iterable[Element]) -> None:
    """Make each `<pre>` of *blocks* hold one text and nothing else, its language a class `language-…`.

    Numbers of lines go, and so do buttons; lines that are elements of their own end as lines.
    """
    for block in blocks:
        if block.parent is None or _is_nested(block):
            continue
        language = _language_of(block)
        code = _code(block)
        if not code.strip():
            block.decompose()
            continue
        outer = block.parent
        block.clear()
        block.append(Text(code))
        for name in tuple(block.attrs):
            del block.attrs[name]
        if language:
            block.attrs["class"] = f"language-{language}"
        if (
            isinstance(outer, Element) and outer.tag == "code" and outer.parent is not None
        ):  # `<code><pre>` is a block all the same
            outer.unwrap()


def is_code_block(code: Element) -> bool:
    """Let a `<code>` of several lines that stands alone be a code block; say whether it was one.

    Line breaks make several lines of it, and so do those of its text where nothing stands beside it.
    """
    parent = code.parent
    if not isinstance(parent, Element) or code.closest("pre") is not None:
        return False
    several = code.find("br") is not None or ("\n" in code.text.strip() and _is_alone(code))
    if several:
        code.wrap(Element("pre"))
    return several


def _is_alone(code: Element) -> bool:
    beside = (code.previous_sibling, code.next_sibling)
    return all(one is None or (isinstance(one, Text) and not one.data.strip()) for one in beside) or (
        code.has_class("block")
    )


def listing_to_code(table: Element) -> bool:
    """Replace a table that holds code beside the numbers of its lines by the code; say whether it was one."""
    classes = set((table.attr("class") or "").split())
    blocks = table.find_all("pre")
    if blocks and (classes & _LISTINGS or _is_numbered(table, blocks)):
        code = [block for block in blocks if not _is_only_numbers(block)]
        table.replace_with(*(block.extract() for block in code))
        return True
    lines = table.select("td.blob-code, td.hljs-ln-code") if classes & _LISTINGS else []
    if not lines:
        return False
    code_text = "\n".join(line.text.strip("\n") for line in lines)
    block = Element("pre", {"class": table.attr("class") or ""}, [Text(code_text)])
    if (language := _language_of(table)) is not None:
        block.attrs["class"] = f"language-{language}"
    table.replace_with(block)
    return True


def _is_nested(block: Element) -> bool:
    parent = block.parent
    return isinstance(parent, Element) and parent.closest("pre") is not None


def _is_numbered(table: Element, blocks: list[Element]) -> bool:
    """Say whether a table has one row, of numbers and of code."""
    return len(table.find_all("tr", limit=2)) == 1 and len(blocks) == 2 and _is_only_numbers(blocks[0])


def _is_only_numbers(block: Element) -> bool:
    return all(line.strip().isdigit() for line in block.text.split("\n") if line.strip()) and bool(block.text.strip())


def _code(block: Element) -> str:
    if len(block) == 1 and isinstance(only := block[0], Text):
        text = only.data
    else:
        for number in block.select(_NUMBERS):
            number.decompose()
        text = _without_numbers(_lines(block)) if _has_line_elements(block) else block.text
    return text.replace("\xa0", " ") if "\xa0" in text else text


def _has_line_elements(block: Element) -> bool:
    return any(True for _ in block.iter_elements(("br", *_LINE_ELEMENTS))) or (
        "\n" not in block.text and len(block.select("span.line, span[class*=line]")) > 1
    )


def _lines(block: Element) -> str:
    """Return the code as a browser shows it: line breaks and the ends of line elements end lines."""
    pieces: list[str] = []
    stack: list[Node | str] = list(reversed(block))
    spans_are_lines = "\n" not in block.text and block.find("br") is None

    def end_line() -> None:
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")

    while stack:
        node = stack.pop()
        if isinstance(node, str):
            end_line()
        elif isinstance(node, Text):
            if not (node.data.isspace() and _is_between_lines(node)):
                pieces.append(node.data)
        elif isinstance(node, Element):
            if node.tag == "br":
                pieces.append("\n")
                continue
            is_line = node.tag in _LINE_ELEMENTS or (spans_are_lines and "line" in (node.attr("class") or ""))
            if is_line:
                end_line()
                stack.append("end")
            stack.extend(reversed(node))
    return "".join(pieces)


def _is_between_lines(node: Node) -> bool:
    """Say whether a white space only parts the elements that are lines, as the page's own source is laid out."""
    beside = [one for one in (node.previous_sibling, node.next_sibling) if one is not None]
    return bool(beside) and all(isinstance(one, Element) and one.tag in _LINE_ELEMENTS for one in beside)


def _without_numbers(code: str) -> str:
    """Drop the numbers of lines where each stands before its line, on one of its own."""
    lines = code.rstrip("\n").split("\n")
    if len(lines) < 4 or len(lines) % 2 or lines[0].strip() != "1" or lines[2].strip() != "2":
        return code
    numbered = all(line.strip() == str(number) for number, line in enumerate(lines[::2], 1))
    return "\n".join(lines[1::2]) if numbered else code


def _language_of(block: Element) -> str | None:
    """Return the language that a code block, its code or what is directly around it names."""
    code = block.find("code")
    candidates = [block] if code is None else [code, block]
    around = block.parent
    for _ in range(3):
        if not isinstance(around, Element) or around.tag in {"body", "article", "main", "section"}:
            break
        candidates.append(around)
        around = around.parent
    for candidate in candidates:
        if found := _named(candidate, is_code=candidate in candidates[:2]):
            return None if found in _NO_LANGUAGE else found
    return None


def _named(element: Element, *, is_code: bool) -> str | None:
    for attribute in ("data-lang", "data-language", "lang"):
        said = (element.attr(attribute) or "").lower()
        if said and _language(said) and (attribute != "lang" or said in _LANGUAGES):
            return said
    written = (element.attr("class") or "").lower()
    if not written:
        return None
    if (brush := re.search(r"brush:\s*([a-z0-9+#.\-]+)", written)) is not None:
        return brush[1]
    classes = written.split()
    for name in classes:
        if (found := _prefixed(name)) is not None and found[0] == name:
            language = found[1]
            if name.startswith(("language", "lang-", "highlight-source")) or language in _LANGUAGES:
                return language
    if is_code or "sourcecode" in classes or "highlight" in classes:
        return next((name for name in classes if name in _LANGUAGES), None)
    return None
