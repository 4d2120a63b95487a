import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skitter.cli.inputs import Inputs, absolute, open_inputs
from skitter.config import CrawlRequest
from skitter.errors import ConfigError


async def all_of(inputs: Inputs) -> list[CrawlRequest]:
    return [request async for request in inputs]


@pytest.fixture
def as_list(tmp_path: Path) -> Callable[[str | bytes], str]:
    def write(text: str | bytes) -> str:
        path = tmp_path / "urls.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com/a b", "https://example.com/a b"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("raw:<h1>x</h1>", "raw:<h1>x</h1>"),
        ("file:///tmp/x.html", "file:///tmp/x.html"),
        ("example.com", "https://example.com"),
        ("example.com:8443/a?b#c", "https://example.com:8443/a?b#c"),
        ("bücher.example/ä", "https://bücher.example/ä"),
        ("//example.com/a", "https://example.com/a"),
        ("localhost:8000", "http://localhost:8000"),
        ("app.localhost", "http://app.localhost"),
        ("127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("printer.local", "http://printer.local"),
    ],
)
def test_what_is_meant_is_taken(text: str, url: str):
    assert absolute(text)[0] == url


def test_what_was_assumed_is_said():
    assert absolute("https://example.com")[1] is None
    assert absolute("example.com")[1] == "example.com: no scheme, taken as https://example.com"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://example.com/x", "ftp: cannot be crawled; http, https, file and raw can"),
        ("mailto:a@example.com", "mailto: cannot be crawled"),
        ("javascript:alert(1)", "javascript: cannot be crawled"),
        ("https://", "not a URL: write https://HOST/PATH"),
        ("http://exa mple.com/", "not a URL"),
        ("tea", "neither a URL nor a file: write https://HOST/PATH"),
        ("docter", "did you mean `skitter doctor`?"),
        ("./nothing-here", "no such file"),
        ("/", "is a folder: name a file in it"),
        ("page.html", "no such file; for a host of that name write https://page.html"),
        ("C:\\pages\\a.html", "no such file"),
        ("a..b", "neither a URL nor a file"),
        ("x" * 5000, "…: neither a URL nor a file"),
        ("nul\0.example", "not a URL"),
    ],
)
def test_what_is_no_url_says_what_to_write(text: str, says: str):
    with pytest.raises(ConfigError) as caught:
        absolute(text, may_be_path=True)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


def test_an_argument_may_be_a_file_a_line_of_a_list_may_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("a b.example").write_text("<p>x")
    assert absolute("a b.example", may_be_path=True)[0] == (tmp_path / "a b.example").as_uri()
    with pytest.raises(ConfigError):
        absolute("a b.example")


@given(st.text(max_size=100))
def test_every_text_is_a_url_or_an_explained_mistake(text: str):
    for may_be_path in (False, True):
        with contextlib.suppress(ConfigError):
            assert absolute(text, may_be_path=may_be_path)[0]


async def test_arguments_and_lists_are_read_in_their_order(as_list: Callable[[str], str]):
    urls = as_list("\n# a comment\nhttps://b.example/\r\n  https://c.example/#x  \n\nhttps://d.example/")
    inputs = open_inputs(["https://a.example/", f"@{urls}", "https://e.example/"], [urls])
    found = [request.url for request in await all_of(inputs)]
    listed = ["https://b.example/", "https://c.example/#x", "https://d.example/"]
    assert found == ["https://a.example/", *listed, "https://e.example/", *listed]
    assert inputs.total == inputs.yielded == 8
    assert not inputs.is_single


async def test_a_line_may_be_json(as_list: Callable[[str], str], capsys: pytest.CaptureFixture[str]):
    lines = [{"url": "a.example/x", "metadata": {"id": 7}, "session_id": "s"}, {"url": "https://b.example/", "id": 8}]
    [first, second] = await all_of(open_inputs([], [as_list("\n".join(map(json.dumps, lines)))]))
    assert first == CrawlRequest("https://a.example/x", session_id="s", metadata={"id": 7})
    assert second == CrawlRequest("https://b.example/")
    said = capsys.readouterr().err
    assert "urls.txt:1: a.example/x: no scheme, taken as https://a.example/x (said once)" in said
    assert 'urls.txt:2: ignored: id; what is to be kept goes into "metadata" (said once)' in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"url": "https://a.example"', "not JSON"),
        ("[" * 100_000, "not a URL"),
        ('{"a":' + "[" * 100_000, "not JSON"),
        ('{"address": "https://a.example"}', 'has no "url" that is text'),
        ('{"url": "https://a.example", "metadata": 7}', 'has "metadata" that is no object'),
        ('{"url": "https://a.example", "session_id": 7}', 'has a "session_id" that is no text'),
        ("ftp://a.example", "ftp: cannot be crawled"),
        (b"https://a.example/\xff", "not UTF-8"),
    ],
)
async def test_a_wrong_line_is_said_and_stays_in_its_place(
    as_list: Callable[[str | bytes], str], capsys: pytest.CaptureFixture[str], line: str | bytes, says: str
):
    text = line.encode() if isinstance(line, str) else line
    found = await all_of(open_inputs([], [as_list(b"https://b.example/\n" + text + b"\nhttps://c.example/\n")]))
    assert [found[0].url, found[2].url] == ["https://b.example/", "https://c.example/"]
    assert len(found) == 3
    found[1].url.encode()
    assert f"urls.txt:2: {says}" in capsys.readouterr().err.replace(f"{line!s:.119}…: ", "").replace(f"{line!s}: ", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_lists_come_in_the_encodings_that_shells_write(as_list: Callable[[bytes], str], encoding: str):
    text = "".join(f"https://example.com/ä/{n}\r\n" for n in range(5000))
    found = await all_of(open_inputs([], [as_list(text.encode(encoding))]))
    assert [request.url for request in found] == text.split()


async def test_the_total_is_estimated_until_a_list_is_read(as_list: Callable[[str], str]):
    inputs = open_inputs([], [as_list("".join(f"https://example.com/{n:05}\n" for n in range(20_000)))])
    assert inputs.total is None
    seen = [inputs.total async for _ in inputs]
    assert seen[0] == pytest.approx(20_000, rel=0.01)
    assert seen[-1] == inputs.total == 20_000


async def test_a_line_is_handed_on_before_the_next_one_comes():
    read, write = os.pipe()
    name = f"/dev/fd/{read}" if Path(f"/dev/fd/{read}").exists() else pytest.skip("no /dev/fd here")
    requests = aiter(open_inputs([f"@{name}"]))
    os.close(read)
    async with asyncio.timeout(10):
        os.write(write, b"https://a.example/\nhttps://b.exa")
        assert (await anext(requests)).url == "https://a.example/"
        os.write(write, b"mple/\n")
        assert (await anext(requests)).url == "https://b.example/"
        os.close(write)
        with pytest.raises(StopAsyncIteration):
            await anext(requests)


async def test_an_endless_line_is_refused(as_list: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("skitter.cli.inputs._LINE_CHARS", 100_000)
    with pytest.raises(ConfigError, match="is this a list of URLs"):
        await all_of(open_inputs([], [as_list(b"x" * 300_000)]))


@pytest.mark.parametrize(
    ("name", "says"), [("@nothing-here.txt", "nothing-here.txt: cannot be read"), ("@/", "/: cannot")]
)
def test_a_list_that_cannot_be_opened_is_said_at_once(name: str, says: str):
    with pytest.raises(ConfigError, match=says):
        open_inputs([name])


def test_one_url_stands_alone():
    assert open_inputs(["https://a.example/"]).is_single
    assert not open_inputs(["https://a.example/", "https://a.example/"]).is_single
