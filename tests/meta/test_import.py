"""Importing skitter does nothing but define names."""

import subprocess
import sys
from pathlib import Path

WATCH = """
import sys
seen = []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(mode, str) and set(mode) & set("wax+")
        if writes or str(path).endswith(".env"):
            seen.append((event, str(path), mode))
    elif event.split(".")[0] in {"socket", "subprocess", "sqlite3"} or event in {"os.mkdir", "os.putenv", "os.system"}:
        seen.append((event, *map(str, arguments)))
sys.addaudithook(watch)
sys.dont_write_bytecode = True
"""


ALL_NAMES = "import skitter\nfor name in skitter.__all__: getattr(skitter, name)\n"
LOADED = "print(*{name.partition('.')[0] for name in sys.modules})"


def run(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCH + code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def test_import_writes_nothing_reads_no_env_file_and_asks_no_network(tmp_path: Path):
    (tmp_path / ".env").write_text("SECRET=1")
    assert run(ALL_NAMES + "import skitter.cli.main\nprint(seen)", tmp_path) == "[]\n"
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_import_loads_no_heavy_library(tmp_path: Path):
    heavy = {"pydantic", "turbohtml", "wreq", "rich", "typer", "yaml", "asyncio", "publicsuffixlist"}
    assert not heavy & set(run("import skitter\n" + LOADED, tmp_path).split())


def test_crawling_over_http_loads_no_extra(tmp_path: Path):
    extras = {"playwright", "pypdfium2", "openai", "fastapi", "uvicorn", "mcp", "ray", "warcio", "pyarrow", "numpy"}
    assert not extras & set(run(ALL_NAMES + LOADED, tmp_path).split())
