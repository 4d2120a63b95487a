"""The command `crawl`: from what was asked to the exit code."""

import asyncio
import contextlib
import difflib
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skitter.cli.crawl import Job, crawl
from skitter.cli.inputs import Inputs, open_inputs
from skitter.cli.logs import set_up_logging
from skitter.cli.options import Said, read_setup
from skitter.cli.order import InOrder
from skitter.cli.output import is_folder, open_output
from skitter.cli.pages import ALIASES, ENDINGS, Format, Printer
from skitter.cli.progress import LoggedProgress, Progress, ShownProgress, Tally
from skitter.cli.terminal import Exit, say
from skitter.crawl.one import check
from skitter.errors import ConfigError
from skitter.model.result import CrawlResult

_PREFETCHED = frozenset(
    {
        *("url", "html", "links", "success", "error", "error_message", "status_code", "response_headers"),
        *("redirected_url", "redirected_status_code", "session_id", "ssl_certificate", "crawl_stats"),
        *("dispatch_result", "downloaded_files", "cache_status", "cached_at"),
    }
)
"""The fields that are the same with `prefetch` and without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says, as it was written.

    Attributes:
        named: Options of CrawlerRunConfig that the command line has names of its own for; None where not given.
    """

    urls: Sequence[str]
    lists: Sequence[str]
    kind: str | None
    output: str | None
    fields: str | None
    stream: bool
    config_file: Path | None
    crawl_options: Sequence[str]
    browser_options: Sequence[str]
    headers: Sequence[str]
    named: Mapping[str, Any]
    content_filter: str | None
    query: str | None
    verbose: int
    quiet: bool


def run(asked: Asked) -> int:
    """Crawl as *asked* and return the exit code.

    Raises:
        ConfigError: If something that was asked for is wrong; nothing was crawled then, and no file was changed.
    """
    set_up_logging(_level(asked))
    kind = _format(asked)
    fields = _fields(asked, kind)
    setup = read_setup(
        Said(
            config_file=asked.config_file,
            crawl=asked.crawl_options,
            browser=asked.browser_options,
            headers=asked.headers,
            named=dict(asked.named) | ({"prefetch": True} if _is_enough(kind, fields) else {}),
            content_filter=asked.content_filter,
            query=asked.query,
            wants_fit=kind is Format.MARKDOWN_FIT,
        )
    )
    for config in setup.configs:
        check(config)
    inputs = open_inputs(asked.urls, asked.lists)
    into_folder = asked.output is not None and is_folder(asked.output)
    output = open_output(asked.output, ending=kind.ending, is_single=inputs.is_single)
    tally = Tally()
    with _progress(asked, inputs) as progress:
        job = Job(
            inputs=inputs,
            setup=setup,
            printer=Printer(kind, fields, is_single=inputs.is_single or into_folder),
            output=output,
            progress=progress,
            order=None if asked.stream or into_folder or inputs.is_single else InOrder(),
            quiet=asked.quiet,
            chatty=asked.verbose > 0,
        )
        code = _run(job, tally)
    _sum_up(asked, inputs, tally, code)
    return code


def _run(job: Job, tally: Tally) -> int:
    async def crawl_until_told() -> None:
        if task := asyncio.current_task():
            with contextlib.suppress(NotImplementedError):  # no such thing on Windows
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await crawl(job, tally)

    try:
        asyncio.run(crawl_until_told())
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except asyncio.CancelledError:
        return Exit.TERMINATED
    except MemoryError as error:
        say(f"stopped: {str(error) or 'out of memory'}")
        return Exit.FAILED
    return Exit.FAILED if tally.failed else Exit.OK


def _sum_up(asked: Asked, inputs: Inputs, tally: Tally, code: int) -> None:
    if asked.quiet or inputs.is_single:
        return
    if not tally.pages and code == Exit.OK:
        say("no URL in the input")
    elif tally.failed or code != Exit.OK or asked.verbose or (sys.stderr is not None and sys.stderr.isatty()):
        refused = f" ({tally.refused} of them with HTTP 400 or more)" if tally.refused else ""
        stopped = "; interrupted" if code >= Exit.INTERRUPTED else ""
        say(f"{tally.done} done{refused}, {tally.failed} failed{stopped}")


def _level(asked: Asked) -> int:
    if asked.quiet:
        return logging.ERROR
    return {0: logging.WARNING, 1: logging.INFO}.get(asked.verbose, logging.DEBUG)


def _progress(asked: Asked, inputs: Inputs) -> Progress:
    if asked.quiet or inputs.is_single:
        return Progress()
    shows_pages = asked.output in {None, "-"} and sys.stdout is not None and sys.stdout.isatty()
    if sys.stderr is not None and sys.stderr.isatty() and not shows_pages:
        return ShownProgress()
    return LoggedProgress() if asked.verbose else Progress()


def _format(asked: Asked) -> Format:
    if asked.output in {*Format, *ALIASES}:
        msg = f"--output {asked.output}: that is a format: write -o {asked.output}, or ./{asked.output} for a file"
        raise ConfigError(msg)
    if asked.kind is None:
        if asked.fields:
            return Format.JSON
        return ENDINGS.get(Path(asked.output or "").suffix.lower(), Format.MARKDOWN)
    name = asked.kind.lower()
    if name in ALIASES:
        return ALIASES[name]
    if name in set(Format):
        return Format(name)
    hint = f"; for a file write --output {asked.kind}" if "." in asked.kind or "/" in asked.kind else ""
    msg = f"-o {asked.kind}: it is none of {', '.join(Format)}{hint}"
    raise ConfigError(msg)


def _is_enough(kind: Format, fields: Sequence[str] | None) -> bool:
    """Say whether all that is printed is there with `prefetch`, which takes half of the time."""
    if kind is Format.JSON:
        return fields is not None and _PREFETCHED.issuperset(fields)
    return kind in {Format.HTML, Format.LINKS}


def _fields(asked: Asked, kind: Format) -> tuple[str, ...] | None:
    if asked.fields is None:
        return None
    if kind is not Format.JSON:
        msg = f"--fields is for -o json, not for -o {kind}"
        raise ConfigError(msg)
    names = tuple(name.strip() for name in asked.fields.split(",") if name.strip())
    for name in names:
        if name not in CrawlResult.model_fields:
            close = difflib.get_close_matches(name, CrawlResult.model_fields, n=1)
            hint = f"; did you mean `{close[0]}`?" if close else f"; there are {', '.join(CrawlResult.model_fields)}"
            msg = f"--fields {name}: a page has no such field{hint}"
            raise ConfigError(msg)
    return names
