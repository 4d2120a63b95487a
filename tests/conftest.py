"""What every test may use, and what holds for every test: see docs in CONTRIBUTING.md, "Tests"."""

import asyncio
import importlib.util
import ipaddress
import logging
import os
import random
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.site.faults import fault_page
from tests.site.pages import PAGES
from tests.site.server import Site, Wire

CORPORA = Path(os.environ.get("SKITTER_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")

# What Hypothesis times is the machine's load as much as our code
hypothesis.settings.register_profile(
    "skitter", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("skitter")

_strangers: list[str] = []
"""Addresses outside of this machine that the running test tried to reach."""


# ---- fixtures


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh local web: its address is `site.url`, what it was asked is in `site.seen`; pages are in tests/site/."""
    with Site(PAGES | {"fault": fault_page}) as running:
        yield running


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """Start a server that plays a script for each connection: `wire([b"HTTP/1.1 200 OK…", 0.1, Wire.RESET]).url`."""
    with ExitStack() as stack:
        yield lambda *scripts: stack.enter_context(Wire(*scripts))


@pytest.fixture
def closed_url() -> str:
    """An address on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of the corpora of real pages; a test that asks for it is skipped where they are absent."""
    if not CORPORA.is_dir():
        pytest.skip("the corpora of real pages are not here: set SKITTER_CORPORA")
    return CORPORA


# ---- what holds for every test


@pytest.fixture(autouse=True)
def _nothing_leaks(request: pytest.FixtureRequest) -> None:
    # set up before every other fixture, so that it looks when all of them have ended what they began
    if request.node.get_closest_marker("asyncio"):
        request.getfixturevalue("_no_task_leaks")


@pytest.fixture
async def _no_task_leaks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    for _ in range(3):  # a task that was cancelled, or whose last callback is due, ends in the loop's next rounds
        await asyncio.sleep(0)
    leaked = [task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()]
    assert not leaked, f"tasks are still running: {leaked}"


class _Complaints(logging.Handler):
    """Keeps what asyncio says went wrong where nobody could be told: a callback that raised, a lost exception."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[1]
        self.said.append(f"{record.getMessage()}: {error!r}")


@pytest.fixture(autouse=True)
def _asyncio_has_no_complaints() -> Iterator[None]:
    complaints = _Complaints()
    log = logging.getLogger("asyncio")
    log.addHandler(complaints)
    yield
    log.removeHandler(complaints)
    assert not complaints.said


@pytest.fixture(autouse=True)
def _only_loopback() -> Iterator[None]:
    _strangers.clear()
    yield
    assert not _strangers, f"only this machine may be asked in a test: {_strangers}"


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            _strangers.append(f"{address[0]}:{address[1]}")
            raise ConnectionRefusedError(f"tests may not connect to {address}")
    elif event == "socket.getaddrinfo" and not (_is_here(arguments[0]) or _is_address(arguments[0])):
        # the same answer on every machine, with a network or without
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host or "localhost"
    return name.startswith("127.") or name in {"localhost", "::1", "0.0.0.0", "::"} or name.endswith(".localhost")


def _is_address(host: str | bytes) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order", type=int, default=None, help="number of the random order to repeat")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.order is None:
        told = getattr(config, "workerinput", {})  # in one of several processes, which must agree
        config.option.order = told.get("order", random.SystemRandom().randrange(100_000))
    sys.addaudithook(_guard)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["order"] = node.config.option.order


def pytest_report_header(config: pytest.Config) -> str:
    return f"random order: --order={config.option.order}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle the modules, and the tests in each; skip what cannot run here."""
    shuffled = random.Random(config.option.order)
    modules: dict[str, list[pytest.Item]] = {}
    for item in sorted(items, key=lambda item: item.nodeid):
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    names = list(modules)
    shuffled.shuffle(names)
    for name in names:
        shuffled.shuffle(modules[name])
    items[:] = [item for name in names for item in modules[name]]
    for marker, missing in _missing():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=missing))


def _missing() -> Iterable[tuple[str, str]]:
    if importlib.util.find_spec("playwright") is None:
        yield "needs_browser", "the extra `browser` is not installed"
    if importlib.util.find_spec("pypdfium2") is None:
        yield "needs_pdf", "the extra `documents` is not installed"
    if not CORPORA.is_dir():
        yield "corpora", "the corpora of real pages are not here: set SKITTER_CORPORA"
