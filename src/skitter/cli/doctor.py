"""The command `doctor`: what is installed, what is missing, and whether it works. Nothing leaves this machine."""

import asyncio
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import skitter
from skitter.cli.selftest import SELF_TESTS
from skitter.cli.terminal import Exit, visible

State = Literal["ok", "absent", "warning", "broken"]

_MIB = 2**20
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")
_BROWSERS = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
_OLDEST_PYTHON = (3, 11)
_REINSTALL = "pip install --force-reinstall skitter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        group: What it belongs to.
        name: What it is.
        state: "absent" is an optional part that is not there; "broken" is one that every crawl needs.
        text: What was found.
        advice: What to do about it, None where nothing is to be done.
    """

    group: str
    name: str
    state: State
    text: str
    advice: str | None = None


def run(*, as_json: bool) -> int:
    """Look, print what was found, and return the exit code: 1 if something that every crawl needs is broken."""
    findings: list[Finding] = []
    shown = ""
    for finding in examine():
        findings.append(finding)
        if not as_json:
            if finding.group != shown:
                print(f"{'' if not shown else chr(10)}{finding.group}")
                shown = finding.group
            print(_line(finding), flush=True)
    broken = [finding for finding in findings if finding.state == "broken"]
    if as_json:
        facts = {"ok": not broken, "skitter": skitter.__version__, "findings": [asdict(one) for one in findings]}
        print(json.dumps(facts, indent=2))
    elif broken:
        print(f"\nBroken: {', '.join(one.name for one in broken)}.")
    else:
        print("\nEverything that a crawl over HTTP needs is here and works.")
    return Exit.FAILED if broken else Exit.OK


def examine() -> Iterator[Finding]:
    """Look at one thing after the other, the self-tests last."""
    needs = _requirements()
    yield from _program()
    yield from _core(needs)
    yield from _extras(needs)
    yield _browser()
    try:
        yield from _machine()
    except ImportError as error:
        yield Finding(group="Machine", name="machine", state="broken", text=str(error), advice=_REINSTALL)
    yield from _network()
    yield from _self_tests()


def _line(finding: Finding) -> str:
    mark = {"ok": "✓", "absent": "-", "warning": "!", "broken": "✗"}[finding.state]
    if not _can_print(mark):
        mark = {"✓": "+", "✗": "x"}.get(mark, mark)
    advice = f"\n      {finding.advice}" if finding.advice else ""
    return f"  {mark} {finding.name}: {visible(finding.text)}{advice}"


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


# ---- what is installed


@dataclass(frozen=True, slots=True)
class _Need:
    """A distribution that skitter, or one of its extras, needs; *extra* is None for skitter itself."""

    name: str
    extra: str | None


def _requirements() -> list[_Need]:
    """Return what skitter's own metadata asks for; run from a source tree, what its project file does."""
    try:
        lines = importlib.metadata.requires("skitter") or []
    except importlib.metadata.PackageNotFoundError:
        return _requirements_of_source()
    needs = []
    for line in lines:
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", line)
        needs.append((line, extra[1] if extra else None))
    return _applicable(needs)


def _requirements_of_source() -> list[_Need]:
    project = Path(skitter.__file__).parents[2] / "pyproject.toml"
    try:
        facts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        return []
    extras = facts.get("optional-dependencies", {}).items()
    core = [(line, None) for line in facts["dependencies"]]
    return _applicable([*core, *((line, extra) for extra, lines in extras for line in lines)])


def _applicable(lines: Iterable[tuple[str, str | None]]) -> list[_Need]:
    needs = []
    for line, extra in lines:
        name = re.match(r"[\w.-]+", line)
        only_before = re.search(r"python_version\s*<\s*['\"](\d+)\.(\d+)['\"]", line)
        if only_before and sys.version_info[:2] >= (int(only_before[1]), int(only_before[2])):
            continue
        if name and name[0].lower() != "skitter" and extra != "all":
            needs.append(_Need(name[0], extra))
    return needs


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _program() -> Iterator[Finding]:
    supported = sys.version_info[:2] >= _OLDEST_PYTHON
    yield Finding(
        group="Program",
        name="Python",
        state="ok" if supported else "broken",
        text=f"{platform.python_version()} ({platform.python_implementation()}, {platform.platform(terse=True)})",
        advice=None if supported else f"skitter needs Python {_OLDEST_PYTHON[0]}.{_OLDEST_PYTHON[1]} or newer",
    )
    installed = _version("skitter") is not None
    text = f"{skitter.__version__} in {Path(skitter.__file__).parent}"
    yield Finding(group="Program", name="skitter", state="ok", text=text if installed else f"{text}, not installed")
    loop = asyncio.new_event_loop()
    loop.close()
    kind = type(loop)
    yield Finding(group="Program", name="event loop", state="ok", text=f"{kind.__module__}.{kind.__qualname__}")


def _core(needs: Iterable[_Need]) -> Iterator[Finding]:
    for need in needs:
        if need.extra is None:
            version = _version(need.name)
            yield Finding(
                group="Libraries",
                name=need.name,
                state="ok" if version else "broken",
                text=version or "not installed",
                advice=None if version else _REINSTALL,
            )


def _extras(needs: Iterable[_Need]) -> Iterator[Finding]:
    extras: dict[str, list[str]] = {}
    for need in needs:
        if need.extra is not None:
            extras.setdefault(need.extra, []).append(need.name)
    for extra, names in extras.items():
        versions = {name: _version(name) for name in names}
        missing = [name for name, version in versions.items() if version is None]
        yield Finding(
            group="Extras",
            name=extra,
            state="absent" if missing else "ok",
            text=f"not installed: {', '.join(missing)}"
            if missing
            else ", ".join(f"{name} {version}" for name, version in versions.items()),
            advice=f"pip install 'skitter[{extra}]'" if missing else None,
        )


def _browser() -> Finding:
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None) or _playwright_browser()
    return Finding(
        group="Browser",
        name="browser",
        state="ok" if found else "absent",
        text=found or "none found; pages are fetched over HTTP",
    )


def _playwright_browser() -> str | None:
    home = Path.home()
    folders = [
        Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "-"),
        home / ".cache/ms-playwright",
        home / "Library/Caches/ms-playwright",
        Path(os.environ.get("LOCALAPPDATA") or "-") / "ms-playwright",
    ]
    for folder in folders:
        for kind in ("chromium_headless_shell-*", "chromium-*"):
            if found := sorted(folder.glob(kind)):
                return str(found[-1])
    return None


# ---- where it runs


def _machine() -> Iterator[Finding]:
    from skitter.crawl.workers.cpus import usable_cpus
    from skitter.dispatch.memory import get_memory_stats, limits

    usable, there = usable_cpus(), os.cpu_count() or 1
    text = f"{usable} of {there} usable" if usable != there else str(there)
    yield Finding(group="Machine", name="processors", state="ok", text=text)
    memory = get_memory_stats()
    few = memory.available_gb < 0.25
    yield Finding(
        group="Machine",
        name="memory",
        state="warning" if few else "ok",
        text=f"{memory.available_gb:.1f} of {memory.total_gb:.1f} GiB free",
        advice="give the program at least 0.25 GiB, or crawl fewer pages at once: --concurrency 5" if few else None,
    )
    limit = min((one.limit_bytes for one in limits()), default=None)
    yield Finding(
        group="Machine",
        name="control group",
        state="ok",
        text="no memory limit" if limit is None else f"memory limited to {limit // _MIB} MiB",
    )
    yield _open_files()


def _open_files() -> Finding:
    try:
        import resource
    except ImportError:
        return Finding(group="Machine", name="open files", state="ok", text="not limited by the system")
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    few = 0 <= limit < 256
    return Finding(
        group="Machine",
        name="open files",
        state="warning" if few else "ok",
        text="not limited" if limit < 0 else f"at most {limit}",
        advice="raise it with `ulimit -n 4096`, or crawl fewer pages at once" if few else None,
    )


def _network() -> Iterator[Finding]:
    yield _certificates()
    proxies = {
        name: value
        for variable in _PROXY_VARIABLES
        for name in (variable, variable.upper())
        if (value := os.environ.get(name))
    }
    yield Finding(
        group="Network",
        name="proxies in the environment",
        state="warning" if proxies else "ok",
        text=", ".join(f"{name}={_without_password(value)}" for name, value in proxies.items()) or "none",
        advice="skitter uses a proxy only when it is told to: --proxy URL, or `proxy_config`" if proxies else None,
    )


def _certificates() -> Finding:
    named = {name: value for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if (value := os.environ.get(name))}
    missing = [f"{name}={value}" for name, value in named.items() if not Path(value).exists()]
    if missing:
        return Finding(
            group="Network",
            name="certificates",
            state="broken",
            text=f"{', '.join(missing)} does not exist",
            advice="correct the variable or unset it: no https page can be fetched like this",
        )
    text = ", ".join(f"{name}={value}" for name, value in named.items())
    return Finding(group="Network", name="certificates", state="ok", text=text or "the list that comes with wreq")


def _without_password(address: str) -> str:
    cut = urlsplit(address)
    return address.replace(cut.netloc, f"…@{cut.netloc.rpartition('@')[2]}") if "@" in cut.netloc else address


def _self_tests() -> Iterator[Finding]:
    for name, test in SELF_TESTS.items():
        fault: str | None
        try:
            fault = asyncio.run(test())
        except Exception as error:  # noqa: BLE001  # whatever is broken here is what the user wants to know
            fault = f"{type(error).__name__}: {error}"
        yield Finding(
            group="Self-test",
            name=name,
            state="broken" if fault else "ok",
            text=fault or "works",
            advice=f"{_REINSTALL}; if that does not help, report it with this output" if fault else None,
        )
