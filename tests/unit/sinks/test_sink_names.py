from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skitter.sinks import file_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.com", "example.com/index.md"),
        ("https://example.com/", "example.com/index.md"),
        ("https://example.com/docs/", "example.com/docs/index.md"),
        ("https://example.com/docs", "example.com/docs.md"),
        ("https://example.com/docs/a.html", "example.com/docs/a.html.md"),
        ("http://example.com/", "example.com_80/index.md"),
        ("http://127.0.0.1:8000/a", "127.0.0.1_8000/a.md"),
        ("https://example.com:8443/a", "example.com_8443_tls/a.md"),
    ],
)
def test_a_plain_url_is_mirrored(url: str, path: str):
    assert str(file_path(url, ".md")) == path


@pytest.mark.parametrize(
    ("url", "starts"),
    [
        ("https://example.com/a?page=2", "example.com/a-page-2~"),
        ("https://example.com/a#part", "example.com/a-part~"),
        ("https://example.com/A", "example.com/a~"),
        ("https://example.com/index", "example.com/index~"),
        ("https://example.com/a.md/b", "example.com/a.md_/b~"),
        ("https://example.com/%E8%8C%B6", "example.com/茶~"),
        ("https://example.com/con", "example.com/_con~"),
        ("https://example.com/..%2f..%2fetc/passwd", "example.com/etc/passwd~"),
        ("https://example.com/../../etc/passwd", "example.com/-/-/etc/passwd~"),
        ("https://example.com//a", "example.com/-/a~"),
        ("https://index.jsonl/", "_index.jsonl/index~"),
        ("https://user@example.com/", "example.com/index~"),
        ("raw:<h1>Tea</h1>", "raw/page-h1-tea-h1~"),
        ("file:///tmp/a.html", "file/tmp/a.html~"),
        ("https://[", "other/page-https~"),
        ("", "other/index~"),
    ],
)
def test_what_cannot_be_mirrored_gets_a_hash(url: str, starts: str):
    path = str(file_path(url, ".md"))
    assert path.startswith(starts)
    assert len(path) == len(starts) + 12 + len(".md")


ALIKE = [
    "https://example.com/a",
    "https://example.com/A",
    "https://example.com/a?",
    "https://example.com/a?b",
    "https://example.com/a#b",
    "https://example.com/a-b",
    "https://example.com/a/",
    "https://example.com/a/index",
    "https://example.com/a//",
    "https://example.com/a.",
    "https://example.com/%61",
    "http://example.com/a",
    "https://example.com:80/a",
    "https://example.com:8080/a",
    "http://example.com:8080/a",
    "https://example.com_80/a",
    "https://u@example.com/a",
    "file://example.com/a",
    "raw:https://example.com/a",
]


def test_urls_that_look_alike_have_files_of_their_own():
    paths = {str(file_path(url, ".md")).casefold() for url in ALIKE}
    assert len(paths) == len(ALIKE)


def test_a_mirrored_name_is_never_a_folder():
    paths = [file_path(url, ".md") for url in ("https://a.org/x", "https://a.org/x.md/y", "https://a.org/x/y")]
    folders = {folder for path in paths for folder in path.parents}
    assert folders.isdisjoint(paths)


url_text = st.text(max_size=300) | st.builds(
    "{}://{}/{}".format, st.sampled_from(["http", "https", "file"]), st.text(max_size=100), st.text(max_size=2000)
)


@given(url=url_text, ending=st.sampled_from([".md", ".json"]))
def test_every_text_has_a_path_that_stays_in_its_folder(url: str, ending: str):
    path = file_path(url, ending)
    assert isinstance(path, PurePosixPath)
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert path.name.endswith(ending)
    assert 2 <= len(path.parts) <= 10
    for part in path.parts:
        assert len(part.encode()) <= 100
        assert part == part.strip(". ")
        assert not set(part) & set('<>:"/\\|?*\0')
    assert path == file_path(url, ending)
