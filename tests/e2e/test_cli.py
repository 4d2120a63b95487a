"""The program from its arguments to its output, in this process."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skitter.cli.main import main
from tests.site.server import Site


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    logger = logging.getLogger("skitter")
    before = logger.level, logger.propagate, logger.handlers[:]
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str = "") -> Done:
        capfd.readouterr()
        Path("stdin").write_text(stdin)
        with Path("stdin").open() as given:
            monkeypatch.setattr(sys, "stdin", given)
            code = main(arguments)
        return Done(code, *capfd.readouterr())

    yield run
    logger.setLevel(before[0])
    logger.propagate = before[1]
    logger.handlers[:] = before[2]


# ---- one page


def test_a_page_is_printed_as_markdown(run: Run, site: Site):
    done = run(f"{site.url}/page1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# Page 1\n")
    assert done.out.endswith("1 times two is 2.\n")
    assert run("crawl", f"{site.url}/page1") == done


def test_each_format_of_a_page(run: Run, site: Site):
    url = f"{site.url}/article/1"
    assert run(url, "-o", "html").out.startswith("<!DOCTYPE html>")
    assert f"{site.url}/page1" in run(url, "-o", "links").out.splitlines()
    page = json.loads(run(url, "-o", "json").out)
    assert page["url"] == url
    assert page["markdown"]["raw_markdown"].lstrip()
    assert json.loads(run(url, "-o", "all", "--fields", "url,status_code").out) == {"url": url, "status_code": 200}
    fit, whole = run(url, "-o", "md-fit"), run(url, "-o", "md")
    assert "has to be patient" in fit.out
    assert len(fit.out) < len(whole.out)


def test_a_filter_looks_for_words(run: Run, site: Site):
    done = run(
        f"{site.url}/article/1", "-o", "markdown-fit", "--query", "polite busy host", "-c", "css_selector=article"
    )
    assert "polite" in done.out
    assert "menus" not in done.out


def test_a_status_is_an_answer_that_is_mentioned(run: Run, site: Site):
    done = run(f"{site.url}/status/404")
    assert done.code == 0
    assert "404" in done.out
    assert done.err == f"skitter: {site.url}/status/404: the server answered HTTP 404\n"
    assert run(f"{site.url}/status/404", "-q").err == ""


def test_a_page_that_fails_is_explained(run: Run, closed_url: str):
    done = run(closed_url, "--retries", "0")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("skitter: ")
    assert done.err.count("\n") == 1
    assert closed_url in done.err
    failed = json.loads(run(closed_url, "--retries", "0", "-o", "json", "-q").out)
    assert failed["error"]["kind"] == "connect"


def test_html_and_files_are_pages(run: Run):
    assert run("raw:<h1>Tea</h1>").out == "# Tea\n"
    Path("a page.html").write_text("<h1>Coffee</h1>")
    assert run("a page.html").out == "# Coffee\n"
    assert run(Path("a page.html").resolve().as_uri()).out == "# Coffee\n"


def test_a_host_without_a_scheme_is_crawled_and_that_is_said(run: Run, site: Site):
    address = site.url.removeprefix("http://")
    done = run(f"{address}/page1")
    assert done.out.startswith("# Page 1\n")
    assert done.err == f"skitter: {address}/page1: no scheme, taken as {site.url}/page1\n"


def test_options_reach_the_request(run: Run, site: Site):
    done = run(f"{site.url}/headers", "-o", "html", "-H", "X-One: 1", "--header", "X-Two: a:b", "-A", "Example/1.0")
    sent = {name.lower(): value for name, value in site.seen.asked[-1].headers.items()}
    assert done.code == 0
    assert (sent["x-one"], sent["x-two"], sent["user-agent"]) == ("1", "a:b", "Example/1.0")


def test_a_timeout_is_in_seconds(run: Run, site: Site):
    done = run(f"{site.url}/fault/hang", "--timeout", "0.2", "--retries", "0")
    assert done.code == 1
    assert "was not done within 0.2 s" in done.err


# ---- many


def test_many_pages_come_in_order_each_with_its_name(run: Run, site: Site):
    urls = [f"{site.url}/delay/0.3", *(f"{site.url}/page{n}" for n in range(1, 8))]
    done = run(*urls, "--concurrency", "8")
    assert done.code == 0
    names = [line for line in done.out.splitlines() if line.startswith("<!-- page: ")]
    assert names == [f"<!-- page: {url} -->" for url in urls]
    assert done.out.index("# Page 1\n") < done.out.index("# Page 2\n")


def test_streamed_pages_come_as_they_finish(run: Run, site: Site):
    done = run(f"{site.url}/delay/0.3", f"{site.url}/page1", "--stream", "-o", "json", "--fields", "url")
    assert [record["url"] for record in done.records] == [f"{site.url}/page1", f"{site.url}/delay/0.3"]


def test_lists_come_from_files_and_standard_input(run: Run, site: Site):
    Path("urls.txt").write_text(f"# pages\n{site.url}/page2\n\n{site.url}/page3\n")
    Path("more.jsonl").write_text(json.dumps({"url": f"{site.url}/page4", "metadata": {"id": 4}}) + "\n")
    done = run(f"{site.url}/page1", "@urls.txt", "-", "-i", "more.jsonl", "-o", "json", stdin=f"{site.url}/page5\n")
    assert done.code == 0
    assert [record["url"][-5:] for record in done.records] == ["page1", "page2", "page3", "page5", "page4"]
    last = done.records[-1]["metadata"]
    assert (last["id"], last["title"]) == (4, "Page 4")
    assert not [name for name in last if "\0" in name or "number" in name]
    assert run("-o", "json", stdin=f"{site.url}/page1\n").records[0]["success"]


def test_one_failure_of_many_is_counted(run: Run, site: Site, closed_url: str):
    Path("urls.txt").write_text(f"{site.url}/page1\nnonsense\n{closed_url}\n{site.url}/status/500\n")
    done = run("@urls.txt", "-o", "json", "--fields", "url,success,error,metadata", "--retries", "0")
    assert done.code == 1
    assert [record["success"] for record in done.records] == [True, False, False, True]
    assert done.records[1]["error"]["kind"] == "invalid_url"
    assert "urls.txt:2: nonsense: not a URL" in done.err
    assert done.err.endswith("skitter: 2 done (1 of them with HTTP 400 or more), 2 failed\n")


def test_an_empty_list_is_no_failure(run: Run):
    Path("urls.txt").write_text("# nothing yet\n")
    done = run("@urls.txt")
    assert (done.code, done.out, done.err) == (0, "", "skitter: no URL in the input\n")


def test_pages_go_into_a_folder(run: Run, site: Site, closed_url: str):
    done = run(f"{site.url}/page1", f"{site.url}/page1?a=b", closed_url, "--retries", "0", "--output", "pages/")
    assert (done.code, done.out) == (1, "")
    index = [json.loads(line) for line in Path("pages/index.jsonl").read_text().splitlines()]
    files = {line["url"]: line["file"] for line in index}
    assert Path("pages", files[f"{site.url}/page1"]).read_text().startswith("# Page 1\n")
    assert len(set(files.values())) == 3
    assert files[closed_url] is None


def test_the_ending_of_the_output_chooses_the_format(run: Run, site: Site):
    urls = [f"{site.url}/page1", f"{site.url}/page2"]
    assert run(*urls, "--output", "pages.jsonl").out == ""
    assert len([json.loads(line) for line in Path("pages.jsonl").read_text().splitlines()]) == 2
    run(urls[0], "-O", "page.html")
    assert Path("page.html").read_text().startswith("<!DOCTYPE html>")
    run(urls[0], "-O", "page.json", "-o", "links")
    assert Path("page.json").read_text().startswith("http")


def test_a_failed_page_leaves_the_file_as_it_was(run: Run, closed_url: str):
    Path("page.md").write_text("before")
    assert run(closed_url, "--retries", "0", "--output", "page.md").code == 1
    assert Path("page.md").read_text() == "before"


# ---- options


CONFIG = """
browser: {user_agent: Example/2.0}
configs:
  - url_matcher: "*/blog/*"
    css_selector: h2
"""


def test_a_file_has_options_for_some_pages(run: Run, site: Site):
    Path("crawl.yaml").write_text(CONFIG)
    done = run("--config", "crawl.yaml", f"{site.url}/blog/1", f"{site.url}/page1")
    assert "## A table" in done.out
    assert "# First post" not in done.out
    assert "# Page 1" in done.out
    assert {asked.headers["user-agent"] for asked in site.seen.asked} == {"Example/2.0"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no URL: write `skitter https://example.com`"),
        (["tea"], "tea: neither a URL nor a file: write https://HOST/PATH"),
        (["docter"], "did you mean `skitter doctor`?"),
        (["ftp://example.com"], "ftp: cannot be crawled; http, https, file and raw can"),
        (["@missing.txt"], "missing.txt: cannot be read: No such file or directory"),
        (["raw:x", "-c", "page_timout=1"], "CrawlerRunConfig has no such option; did you mean `page_timeout`?"),
        (["raw:x", "-c", "page_timeout=soon"], "`page_timeout` is 'soon'"),
        (["raw:x", "-c", "screenshot=true"], "`screenshot` needs a browser"),
        (["raw:x", "--config", "missing.yaml"], "missing.yaml: cannot be read: No such file or directory"),
        (["raw:x", "-o", "pdf"], "-o pdf: it is none of markdown, markdown-fit, json, html, links"),
        (["raw:x", "-o", "page.md"], "for a file write --output page.md"),
        (["raw:x", "--output", "json"], "--output json: that is a format: write -o json"),
        (["raw:x", "--output", "missing/page.md"], "missing/page.md: cannot be written: its folder does not exist"),
        (["raw:x", "--fields", "titel"], "--fields titel: a page has no such field"),
        (["raw:x", "--fields", "url", "-o", "md"], "--fields is for -o json, not for -o markdown"),
        (["raw:x", "--filter", "bm25"], "say what to look for with --query"),
        (["raw:x", "--proxy", "nonsense:proxy:"], "proxy"),
        (["raw:x", "--concurrency", "0"], "--concurrency"),
        (["raw:x", "--concurency", "3"], "--concurency"),
        (["raw:x", "--timeout"], "--timeout"),
        (["doctor", "--verbose"], "--verbose"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(run: Run, arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch):
    if not arguments:
        monkeypatch.setattr(sys, "stdin", None)
        done = Done(main([]), "", "")
    else:
        done = run(*arguments)
        assert says in done.err
        assert done.err.startswith("skitter: ")
        assert done.err.count("\n") == 1
    assert (done.code, done.out) == (2, "")


def test_a_mistake_has_a_trace_for_who_wants_it(run: Run):
    done = run("raw:x", "-c", "page_timeout=soon", "--debug")
    assert done.code == 2
    assert "Traceback (most recent call last)" in done.err


def test_a_mistake_changes_no_file(run: Run):
    Path("pages.md").write_text("before")
    assert run("raw:x", "raw:y", "--output", "pages.md", "-c", "screenshot=true").code == 2
    assert Path("pages.md").read_text() == "before"


def test_pages_are_logged_for_who_wants_it(run: Run, site: Site):
    done = run(f"{site.url}/page1", f"{site.url}/page2", "-v")
    events = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert sum(event["event"] == "page done" for event in events) == 2
    assert done.err.endswith("skitter: 2 done, 0 failed\n")


def test_help_and_version(run: Run):
    done = run("--help")
    assert done.code == 0
    for word in ("--concurrency", "--output", "skitter @urls.txt", "skitter doctor", "130 interrupted"):
        assert word in " ".join(done.out.split())
    assert run("-h").out == done.out
    assert run("--version").out.startswith("skitter ")
    assert "self" not in run("doctor", "-h").err


# ---- doctor


def test_doctor_finds_a_working_installation(run: Run):
    done = run("doctor")
    assert done.code == 0, done.out
    for word in (
        "Python",
        "turbohtml",
        "skitter[browser]",
        "processors",
        "proxies",
        "fetching from a local server: works",
    ):
        assert word in done.out


def test_doctor_speaks_json(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy.example:3128")
    done = run("doctor", "--json")
    report = json.loads(done.out)
    assert report["ok"] is True
    states = {finding["name"]: finding["state"] for finding in report["findings"]}
    assert states["wreq"] == "ok"
    assert states["fetching from a local server"] == "ok"
    [proxies] = [finding for finding in report["findings"] if finding["name"] == "proxies in the environment"]
    assert "HTTPS_PROXY=http://…@proxy.example:3128" in proxies["text"]
    assert "--proxy" in proxies["advice"]
    assert "secret" not in done.out


def test_doctor_finds_certificates_that_are_not_there(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", "missing.pem")
    monkeypatch.setattr("skitter.cli.doctor.SELF_TESTS", {})
    done = run("doctor")
    assert done.code == 1
    assert "certificates: SSL_CERT_FILE=missing.pem does not exist" in done.out


def test_doctor_says_what_is_broken(run: Run, monkeypatch: pytest.MonkeyPatch):
    async def fail() -> str:
        return "no Markdown"

    monkeypatch.setattr("skitter.cli.doctor.SELF_TESTS", {"reading": fail})
    done = run("doctor")
    assert done.code == 1
    assert "reading: no Markdown" in done.out
    assert done.out.endswith("Broken: reading.\n")
