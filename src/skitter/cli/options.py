"""Configs from a file, from `-c` and `-b`, and from the few options that have a name of their own.

What is said more precisely wins: `-c` over a named option, a named option over the file. A file is YAML or JSON:

    word_count_threshold: 5            # options of CrawlerRunConfig
    filter: pruning                    # or {type: bm25, query: …}
    browser: {user_agent: Example/1.0} # options of BrowserConfig
    http: {verify_ssl: false}          # options of HTTPCrawlerConfig
    configs:                           # for some URLs: the options above, and these over them; the first match wins
      - url_matcher: "*/blog/*"
        css_selector: article

Each group, and the whole file, may also be in the form that `dump()` returns, `{"type": …, "params": {…}}`.
"""

import difflib
import json
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from skitter.config import wire
from skitter.config.browser import BrowserConfig
from skitter.config.crawl import CrawlerRunConfig
from skitter.errors import ConfigError
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.markdown.generator import DefaultMarkdownGenerator

T = TypeVar("T")

_SECTIONS = ("browser", "http", "configs", "filter")
_FILTERS = ("pruning", "bm25")
_FILTER_NAMES = {"pruning": {"query": "user_query"}, "bm25": {"query": "user_query", "threshold": "bm25_threshold"}}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a crawl is run with.

    Attributes:
        configs: The first that matches a URL is used; one without a matcher is for every URL.
        browser: Who the crawler is.
        http: What its HTTP requests have in common.
    """

    configs: tuple[CrawlerRunConfig, ...]
    browser: BrowserConfig
    http: HTTPCrawlerConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the command line says of options, as it was written.

    Attributes:
        config_file: Path of the file.
        crawl: `key=value`, of CrawlerRunConfig.
        browser: `key=value`, of BrowserConfig.
        headers: `Name: value`.
        named: Options of CrawlerRunConfig that have a name of their own; None where they were not given.
        content_filter: "pruning" or "bm25".
        query: What a filter looks for.
        wants_fit: Whether the output needs a filter; without one, pruning is used.
    """

    config_file: Path | None = None
    crawl: Sequence[str] = ()
    browser: Sequence[str] = ()
    headers: Sequence[str] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    content_filter: str | None = None
    query: str | None = None
    wants_fit: bool = False


def read_setup(said: Said) -> Setup:
    """Return the configs that *said* asks for.

    Raises:
        ConfigError: If the file cannot be read, or an option is unknown or wrong; the message names it.
    """
    source = str(said.config_file)
    data = _read_file(said.config_file) if said.config_file is not None else {}
    sections = {name: data.pop(name) for name in _SECTIONS if data.get(name) is not None}
    over = {name: value for name, value in said.named.items() if value is not None}
    over |= _pairs("-c", CrawlerRunConfig, said.crawl)
    filter_over = _named_filter(said, sections.get("filter"), source)
    headers = dict(_header(text) for text in said.headers)

    def build(options: dict[str, Any], where: str) -> CrawlerRunConfig:
        merged = options | over
        if headers:
            merged["headers"] = _headers_over(merged.get("headers"), headers)
        if filter_over is not None:
            merged["markdown_generator"] = _with_filter(merged.get("markdown_generator"), filter_over)
        elif said.wants_fit:
            merged["markdown_generator"] = _with_some_filter(merged.get("markdown_generator"))
        return _made(CrawlerRunConfig, merged, where)

    # checked by itself first, so that a mistake on the command line is not said to be the file's
    _made(CrawlerRunConfig, over, "")
    base = _options(CrawlerRunConfig, data, source)
    configs = [
        build(base | _options(CrawlerRunConfig, entry, where), where)
        for entry, where in _entries(sections.get("configs"), source)
    ]
    browser = _options(BrowserConfig, sections.get("browser", {}), f"{source}: browser")
    browser_over = _pairs("-b", BrowserConfig, said.browser)
    _made(BrowserConfig, browser_over, "")
    return Setup(
        configs=(*configs, build(base, source if said.config_file else "")),
        browser=_made(BrowserConfig, browser | browser_over, f"{source}: browser" if browser else ""),
        http=_made(
            HTTPCrawlerConfig,
            _options(HTTPCrawlerConfig, sections.get("http", {}), f"{source}: http"),
            f"{source}: http",
        ),
    )


def typed(model: type[BaseModel], name: str, text: str) -> Any:
    """Return *text* as the option *name* of *model* takes it; what is not clear from here is left to validation.

    `null` is None where the option may be None. Lists are JSON, or parts between commas. Objects are JSON.

    Raises:
        ConfigError: If it must be JSON and is none.
    """
    kinds = _kinds(model.model_fields[name])
    if text in {"null", "None"} and type(None) in kinds:
        return None
    takes_text = str in kinds
    takes_list = bool(kinds & {tuple, list})
    if takes_list or not kinds <= {str, int, float, bool, type(None), Path}:
        if text[:1] in {"[", "{", '"'}:
            try:
                return wire.load(json.loads(text))
            except ValueError as error:
                if not takes_text and not (takes_list and text[0] == "["):
                    msg = f"`{name}` is {text!r:.80}: not JSON: {error}"
                    raise ConfigError(msg) from error
        if takes_list and not takes_text:
            return _between_commas(text)
    return text


def _read_file(path: Path) -> dict[str, Any]:
    import yaml  # only who names a file pays for it

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        msg = f"{path}: cannot be read: {reason}"
        raise ConfigError(msg) from error
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(_explain_yaml(path, error)) from error
    if data is None:
        return {}
    if isinstance(data, list):
        data = {"configs": data}
    if not isinstance(data, dict):
        msg = f"{path}: expected `option: value` lines, found {type(data).__name__}"
        raise ConfigError(msg)
    if data.keys() == {"type", "params"}:
        data = dict(_params(CrawlerRunConfig, data, str(path)))
    if isinstance(data.get("crawler"), dict):
        data |= _params(CrawlerRunConfig, data.pop("crawler"), f"{path}: crawler")
    return data


def _explain_yaml(path: Path, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark is not None else str(path)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    hint = "; put a value that begins with * or & in quotes" if "alias" in f"{problem}{error}" else ""
    return f"{where}: not YAML: {problem}{hint}"


def _params(cls: type[BaseModel], data: Any, where: str) -> dict[str, Any]:
    """Return the options in *data*, given flat or as `{"type", "params"}`."""
    if not isinstance(data, dict):
        msg = f"{where}: expected `option: value` lines, found {type(data).__name__}"
        raise ConfigError(msg)
    if data.keys() == {"type", "params"}:
        if data["type"] != cls.__name__:
            msg = f"{where}: expected a {cls.__name__}, found a {data['type']}"
            raise ConfigError(msg)
        return _params(cls, data["params"], where)
    return {str(name): value for name, value in data.items()}


def _options(cls: type[BaseModel], data: Any, where: str) -> dict[str, Any]:
    """Return *data* as keywords of *cls*, with strategies built."""
    try:
        return {name: wire.load(value) for name, value in _params(cls, data, where).items()}
    except ConfigError as error:
        raise _at(where, error) from error


def _entries(data: Any, source: str) -> list[tuple[Any, str]]:
    if data is None:
        return []
    if not isinstance(data, list):
        msg = f"{source}: `configs` is a {type(data).__name__}: write a list, each entry with a `url_matcher`"
        raise ConfigError(msg)
    return [(entry, f"{source}: configs[{place}]") for place, entry in enumerate(data)]


def _pairs(flag: str, cls: type[BaseModel], pairs: Sequence[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    # `a=1,b=2` is what users of other crawlers write; a comma counts only before the name of an option
    several = re.compile(rf",\s*(?=(?:{'|'.join(cls.model_fields)})=)")
    for pair in (one for given in pairs for one in several.split(given)):
        name, equals, text = pair.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            msg = f"{flag} {pair}: write {flag} {name or 'option'}=value"
            raise ConfigError(msg)
        if name not in cls.model_fields:
            raise ConfigError(_unknown(flag, cls, name))
        try:
            options[name] = typed(cls, name, text)
        except ConfigError as error:
            raise _at(f"{flag} {short_pair(pair)}", error) from error
    return options


def short_pair(pair: str) -> str:
    """Return *pair* cut to a length that fits into a message."""
    return pair if len(pair) <= 60 else f"{pair[:59]}…"


def _unknown(flag: str, cls: type[BaseModel], name: str) -> str:
    other_flag, other = ("-b", BrowserConfig) if flag == "-c" else ("-c", CrawlerRunConfig)
    if name in other.model_fields:
        return f"{flag} {name}: that is an option of {other.__name__}: write {other_flag} {name}=…"
    close = difflib.get_close_matches(name, cls.model_fields, n=1)
    return f"{flag} {name}: {cls.__name__} has no such option" + (f"; did you mean `{close[0]}`?" if close else "")


def _kinds(of: FieldInfo) -> set[type]:
    """Return the types that a field takes, without what is inside of them."""
    kinds: set[type] = set()
    waiting: list[Any] = [of.annotation]
    while waiting:
        one = waiting.pop()
        origin = get_origin(one)
        if origin is Annotated:
            waiting.append(get_args(one)[0])
        elif origin in {Union, types.UnionType}:
            waiting += get_args(one)
        elif one is None:
            kinds.add(type(None))
        elif origin is not None and not isinstance(origin, type):
            kinds |= {type(value) for value in get_args(one)}  # Literal
        elif isinstance(origin or one, type):
            kinds.add(origin or one)
        else:
            kinds.add(object)  # Any
    return kinds


def _between_commas(text: str) -> list[str]:
    """Cut at commas outside of brackets and quotes: selectors have commas of their own."""
    parts = re.findall(r"""(?:\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|"[^"]*"|'[^']*'|[^,])+""", text)
    return [part.strip() for part in parts if part.strip()]


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip()) or "\n" in value or "\r" in value:
        msg = f"--header {text!r:.80}: write --header 'Name: value'"
        raise ConfigError(msg)
    return name.strip(), value.strip()


def _headers_over(base: Any, over: Mapping[str, str]) -> Any:
    """Return *base* with *over* in the place of headers of the same name in any case."""
    if not isinstance(base, Mapping):
        return dict(over) if base is None else base  # what is wrong is said by validation
    names = {name.lower() for name in over}
    return {name: value for name, value in base.items() if str(name).lower() not in names} | dict(over)


def _named_filter(said: Said, section: Any, source: str) -> Any:
    """Return the filter that `--filter`, `--query` or the file's `filter` asks for, None where none is asked for."""
    kind, where, options = said.content_filter, "--filter", {}
    if isinstance(section, str):
        section = {"type": section}
    if section is not None and (kind is None or (isinstance(section, dict) and section.get("type") == kind)):
        where = f"{source}: filter"
        if not isinstance(section, dict) or not isinstance(section.get("type"), str):
            msg = f"{where}: write `filter: pruning`, or `filter: {{type: bm25, query: …}}`"
            raise ConfigError(msg)
        options = {name: value for name, value in section.items() if name != "type"}
        kind = section["type"]
    if kind is None and said.query is None:
        return None
    kind = kind or "bm25"
    if kind not in _FILTERS:
        msg = f"{where} {kind}: it is none of {', '.join(_FILTERS)}"
        raise ConfigError(msg)
    if said.query is not None:
        options["query"] = said.query
    if kind == "bm25" and not options.get("query") and not options.get("user_query"):
        msg = f"{where} bm25: say what to look for with --query"
        raise ConfigError(msg)
    names = _FILTER_NAMES[kind]
    return _made(_filter_class(kind), {names.get(name, name): value for name, value in options.items()}, where)


def _filter_class(kind: str) -> Callable[..., Any]:
    if kind == "pruning":
        from skitter.clean.pruning import PruningContentFilter  # heavy: the HTML parser

        return PruningContentFilter
    from skitter.clean.bm25 import BM25ContentFilter

    return BM25ContentFilter


def _with_filter(generator: Any, content_filter: Any) -> Any:
    if isinstance(generator, DefaultMarkdownGenerator):
        return generator.clone(content_filter=content_filter)
    return DefaultMarkdownGenerator(content_filter=content_filter)


def _with_some_filter(generator: Any) -> Any:
    if generator is not None and getattr(generator, "content_filter", None) is not None:
        return generator
    return _with_filter(generator, _filter_class("pruning")())


def _made(cls: Callable[..., T], options: Mapping[str, Any], where: str) -> T:
    try:
        return cls(**options)
    except ConfigError as error:
        raise _at(where, error) from error
    except ValidationError as error:
        faults = [f"`{'.'.join(map(str, one['loc']))}`: {one['msg']}" for one in error.errors(include_url=False)]
        raise _at(where, ConfigError("; ".join(faults))) from error
    except (TypeError, ValueError) as error:
        raise _at(where, ConfigError(str(error))) from error


def _at(where: str, error: ConfigError) -> ConfigError:
    text = str(error)
    return ConfigError(f"{where}: {text}" if where and not text.startswith(where) else text)
