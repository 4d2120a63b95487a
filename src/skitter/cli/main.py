"""The program `skitter`: its commands, their options, and how it ends.

Only what every start needs is imported here; a command imports its own parts when it runs, so that `skitter --help` and
shell completion answer at once.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import skitter
from skitter.cli.terminal import Exit, say
from skitter.errors import ConfigError, MissingExtra

_USAGE_FAULT: type[Exception] = next(one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException")
"""What typer raises for a wrong command line; it has lived in click and in typer, this base never changed."""

app = typer.Typer(
    name="skitter",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_EPILOG = """[bold]Examples[/bold]

skitter https://example.com
    the page as Markdown
skitter https://example.com -o json | jq .metadata
    everything that was read from it
skitter @urls.txt --output pages/
    a file for each page, and an index
cat urls.txt | skitter -o json --stream > pages.jsonl
    a line for each page, as they finish
skitter https://example.com -o md-fit --query "tea ceremony"
    only what is about something

[bold]Other commands[/bold]

skitter doctor
    what is installed, what is missing, and whether it works

[bold]Exit codes[/bold]

0 every page came; 1 some failed; 2 a wrong option, input or output; 130 interrupted
"""


def _version(said: bool) -> None:  # noqa: FBT001  # called by typer, with the option's value
    if said:
        print(f"skitter {skitter.__version__}")
        raise typer.Exit


@app.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def crawl(  # noqa: PLR0913  # one parameter an option
    urls: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL",
            help="URLs (http, https, file, raw:HTML), hosts, files, @LIST, or - for standard input, which is read too "
            'when no URL is given. Lists have a URL a line, or JSON: {"url": …, "metadata": {…}}; # begins a comment.',
            show_default=False,
        ),
    ] = None,
    *,
    lists: Annotated[
        list[Path] | None, typer.Option("--input", "-i", metavar="FILE", help="A list of URLs; may be repeated.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-o",
            metavar="FORMAT",
            help="markdown (md), markdown-fit (md-fit), json (all), html or links. Default: what --output ends in, "
            "else markdown.",
            rich_help_panel="Output",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-O",
            "--output-file",
            metavar="FILE|DIR",
            help="Write to FILE, or to a file for each page in DIR: one that exists, or ends in a slash.",
            rich_help_panel="Output",
        ),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Fields of json to write, such as url,status_code,metadata. Default: all.",
            rich_help_panel="Output",
        ),
    ] = None,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            metavar="",
            help="Print pages as they finish, not in the order of the input.",
            rich_help_panel="Output",
        ),
    ] = False,
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency",
            min=1,
            metavar="N",
            help="Most pages at once. Default: 50, and 5 of one host.",
            rich_help_panel="Fetching",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="Limit of one attempt at a page. Default: 60.", rich_help_panel="Fetching"
        ),
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="How often a page is tried again after a connection error, a timeout, 429 or 503. Default: 2.",
            rich_help_panel="Fetching",
        ),
    ] = None,
    headers: Annotated[
        list[str] | None,
        typer.Option(
            "--header", "-H", metavar="'K: V'", help="A request header; may be repeated.", rich_help_panel="Fetching"
        ),
    ] = None,
    user_agent: Annotated[
        str | None,
        typer.Option("--user-agent", "-A", metavar="TEXT", help="The User-Agent.", rich_help_panel="Fetching"),
    ] = None,
    proxy: Annotated[
        str | None,
        typer.Option(
            "--proxy",
            "-x",
            metavar="URL",
            help="scheme://user:password@host:port; http, https or socks5.",
            rich_help_panel="Fetching",
        ),
    ] = None,
    robots: Annotated[
        bool, typer.Option("--robots", metavar="", help="Obey robots.txt.", rich_help_panel="Fetching")
    ] = False,
    content_filter: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="FILTER",
            help="What markdown-fit keeps: pruning (dense text) or bm25 (what --query is about).",
            rich_help_panel="Content",
        ),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="What the filter looks for; alone it means --filter bm25.", rich_help_panel="Content"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-C",
            metavar="FILE",
            help="Options in YAML or JSON; see the guide.",
            rich_help_panel="Any option",
        ),
    ] = None,
    crawl_options: Annotated[
        list[str] | None,
        typer.Option(
            "--crawler",
            "-c",
            metavar="KEY=VALUE",
            help="An option of CrawlerRunConfig, such as css_selector=main; may be repeated.",
            rich_help_panel="Any option",
        ),
    ] = None,
    browser_options: Annotated[
        list[str] | None,
        typer.Option(
            "--browser",
            "-b",
            metavar="KEY=VALUE",
            help="An option of BrowserConfig; may be repeated.",
            rich_help_panel="Any option",
        ),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            metavar="",
            show_default=False,
            help="Log each page; twice: each step.",
            rich_help_panel="Messages",
        ),
    ] = 0,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", metavar="", help="Say nothing but errors of use.", rich_help_panel="Messages"),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", metavar="", help="Show the trace of an error.", rich_help_panel="Messages")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", metavar="", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> int:
    """Crawl pages into Markdown, JSON, HTML or links."""
    del version, debug
    from skitter.cli import command

    return command.run(
        command.Asked(
            urls=urls or (),
            lists=[str(one) for one in lists or ()],
            kind=kind,
            output=output,
            fields=fields,
            stream=stream,
            config_file=config,
            crawl_options=crawl_options or (),
            browser_options=browser_options or (),
            headers=headers or (),
            named={
                "semaphore_count": concurrency,
                "page_timeout": None if timeout is None else round(timeout * 1000),
                "max_retries": retries,
                "user_agent": user_agent,
                "proxy_config": proxy,
                "check_robots_txt": robots or None,
            },
            content_filter=content_filter,
            query=query,
            verbose=verbose,
            quiet=quiet,
        )
    )


@app.command()
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", metavar="", help="Print the findings as JSON.")] = False,
    debug: Annotated[bool, typer.Option("--debug", metavar="", help="Show the trace of an error.")] = False,
) -> int:
    """Say what is installed, what is missing, and whether it works; nothing leaves this machine.

    Ends with 1 when a part that every crawl needs is missing or does not work.
    """
    del debug
    from skitter.cli import doctor as examination

    return examination.run(as_json=as_json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code.

    Args:
        arguments: What stands behind the program's name; None takes it from the command line. Where they do not begin
            with the name of a command, `crawl` is meant.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    group: Any = typer.main.get_command(app)
    command, name = (group, "skitter") if given and given[0] in group.commands else (group.commands["crawl"], "skitter")
    shows_trace = "--debug" in given
    try:
        code = command.main(args=given, prog_name=name, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except _USAGE_FAULT as error:
        message = error.format_message()  # type: ignore[attr-defined]  # every one of them has it
        return _end(f"{message} (skitter --help says more)", trace=shows_trace)
    except (ConfigError, MissingExtra) as error:
        return _end(str(error), trace=shows_trace)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # nobody reads what is still in the buffer; written at exit, it would fail once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    return int(code or Exit.OK)


def _end(message: str, *, trace: bool) -> int:
    if trace:
        traceback.print_exc()
    say(message)
    return Exit.USAGE
