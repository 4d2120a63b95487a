"""Links as numbers, and where the code is that holds none."""

import time

import pytest

from skitter.markdown.citations import with_citations
from skitter.markdown.regions import code_regions, outside_code


def test_format():
    text, references = with_citations(
        'See [a](https://a.org/ "The A"), ![b](https://b.org/i.png) and [c](https://a.org/).'
    )
    assert text == "See a⟨1⟩, ![b⟨2⟩] and c⟨1⟩."
    assert references == "\n\n## References\n\n⟨1⟩ https://a.org/: The A - a\n⟨2⟩ https://b.org/i.png: b\n"


def test_without_links_there_is_no_list():
    assert with_citations("no [link] (here)") == ("no [link] (here)", "")
    assert with_citations("") == ("", "")


@pytest.mark.parametrize(
    ("markdown", "text", "urls"),
    [
        ("[![i](/i.png)](/x)", "![i⟨1⟩]⟨2⟩", ["https://h/i.png", "https://h/x"]),
        ("[a ![i](/i.png) b](/x)", "a ![i⟨1⟩] b⟨2⟩", ["https://h/i.png", "https://h/x"]),
        ("[a [b] c](/x)", "a [b] c⟨1⟩", ["https://h/x"]),
        (r"[a \[b\] c](/x)", r"a \[b\] c⟨1⟩", ["https://h/x"]),
        (r"\[a](/x) [b](/y) !\[c](/z)", r"\[a](/x) b⟨1⟩ !\[c](/z)", ["https://h/y"]),
        (r"\![a](/x) \\[b](/y)", r"\!a⟨1⟩ \\b⟨2⟩", ["https://h/x", "https://h/y"]),
        ("[a](/x_(y)_z)", "a⟨1⟩", ["https://h/x_(y)_z"]),
        (r"[a](/x\(y)", "a⟨1⟩", ["https://h/x(y"]),
        ("[a](<https://h/x y>)", "a⟨1⟩", ["https://h/x y"]),
        ("[a](/x 't')[b](/y (u))", "a⟨1⟩b⟨2⟩", ["https://h/x", "https://h/y"]),
        ("[a](mailto:b@c.org)", "a⟨1⟩", ["mailto:b@c.org"]),
        ("[](/x)", "⟨1⟩", ["https://h/x"]),
        ("`[a](/x)` [b](/y)", "`[a](/x)` b⟨1⟩", ["https://h/y"]),
        ("[`a](/x)`](/y)", "`a](/x)`⟨1⟩", ["https://h/y"]),
        ("[a `]` b](/x)", "a `]` b⟨1⟩", ["https://h/x"]),
        ("```\n[a](/x)\n```\n[b](/y)", "```\n[a](/x)\n```\nb⟨1⟩", ["https://h/y"]),
        ("> * ````\n>   ```\n>   [a](/x)\n>   ````\n\n[b](/y)", "> * ````\n>   ```\n>   [a](/x)\n>   ````\n\nb⟨1⟩", ["https://h/y"]),
        ("[a](/x y) [b] (/z)", "[a](/x y) [b] (/z)", []),
        ("[a\n\nb](/x)", "[a\n\nb](/x)", []),
        ("[a]() [b](<>)", "[a]() [b](<>)", []),
        ("<https://h/x>", "<https://h/x>", []),
    ],
)  # fmt: skip
def test_what_is_a_link(markdown, text, urls):
    cited, references = with_citations(markdown, "https://h/p")
    assert cited == text
    assert [line.split(" ", 1)[1].partition(": ")[0] for line in references.splitlines()[4:]] == urls


def test_relative_addresses_stay_without_a_base():
    assert with_citations("[a](x)")[1].endswith("⟨1⟩ x: a\n")


def test_one_number_for_one_address_however_it_is_written():
    text, references = with_citations("[a](/x) [b](https://h/x) [c](/x)", "https://h/p")
    assert text == "a⟨1⟩ b⟨1⟩ c⟨1⟩"
    assert references.count("⟨") == 1


def test_descriptions_are_one_line_of_plain_words():
    _, references = with_citations('[a\n  \\[b\\] ![c](d)](/x "t\n\\"u\\"") [e](/y "e")', "https://h/")
    assert references.splitlines()[4:] == [
        "⟨1⟩ https://h/d: c",
        '⟨2⟩ https://h/x: t "u" - a [b] c',
        "⟨3⟩ https://h/y: e",
    ]


HOSTILE = {
    "closing brackets": "](" * 100_000,
    "opening brackets": "[" * 100_000 + "](u)" * 50_000,
    "images": "![" * 50_000 + "](u)" * 50_000,
    "half links": "[a](" * 100_000,
    "titles": '[a](b "x' * 50_000,
    "escapes": "\\[" * 100_000 + "](x)",
    "backticks": "`a" * 100_000,
    "runs of backticks": "".join("`" * length + " " for length in range(1, 600)),
    "fences": "```\na\n" * 50_000,
    "nested": "[a" * 50_000 + "](x)" * 50_000,
    "blank lines": "[a\n\n" * 50_000 + "](x)",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_time_is_in_proportion_to_the_text(what):
    started = time.process_time()
    with_citations(HOSTILE[what])
    assert time.process_time() - started < 3, "a quadratic way takes minutes"


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("a `b` c ``d`e`` f", ["`b`", "``d`e``"]),
        ("a \\`b` c` d", ["` c`"]),
        ("a `b\n\nc` d", []),
        ("```py\na\n```\nb", ["```py\na\n```"]),
        ("* ```\n  a\n  ```", ["```\n  a\n  ```"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("```\nnever closed", ["```\nnever closed"]),
        ("a ```b``` c", ["```b```"]),
        ("``` a`b ```", ["``` a`b ```"]),
        ("a", []),
    ],
)
def test_where_code_is(markdown, code):
    assert [markdown[begin:end] for begin, end in code_regions(markdown)] == code


def test_what_is_outside_of_code_is_mended():
    text = "ab `ab` ab\n```\nab\n```\nab"
    assert outside_code(text, lambda prose: prose.replace("ab", "x")) == "x `ab` x\n```\nab\n```\nx"
