"""What holds for the files of the repository: sizes, names, the lock, and no word about the author's machine."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".lock", ".sh", ".json", ".cfg", ""}

MOST_LINES = 400
LEFT_WHOLE: dict[str, str] = {}
"""Modules that are longer and have one idea all the same, each with that idea."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Return the files under version control; where there is no git, those that look so."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [path for part in ("src", "tests", "docs", "examples") for path in (ROOT / part).rglob("*")]
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_module_has_outgrown_its_idea():
    too_long = {name_of(path) for path in SOURCES if len(path.read_text().splitlines()) > MOST_LINES}
    assert too_long == LEFT_WHOLE.keys(), "look for the second idea in it, or say here why there is none"


def test_every_package_says_what_it_is():
    for path in SOURCES:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text())), name_of(path)


def test_unit_tests_mirror_the_package():
    tested = {path.relative_to(ROOT / "tests/unit").parts[0] for path in (ROOT / "tests/unit").rglob("test_*.py")}
    there = {path.stem for path in (ROOT / "src/skitter").iterdir()}
    assert {name.removeprefix("test_").removesuffix(".py") for name in tested} <= there


def test_no_file_speaks_of_the_machine_it_was_written_on():
    machine = re.compile(r"(?<![\w.])/(work|farm|root|home/\w+)/|\.(pyenv|library)\b|file:///o(?=pt)")
    for path in tracked():
        if path.is_file() and path.suffix in TEXT:
            text = path.read_text(encoding="utf-8")
            assert not (found := machine.search(text)), f"{name_of(path)}: {found and found[0]}"


def test_lock_names_the_public_index_only():
    for name in ("uv.lock", "requirements/dev.txt", "requirements/extras.txt"):
        hosts = set(re.findall(r"\w+://([^/\"\s]+)", (ROOT / name).read_text()))
        assert hosts <= {"pypi.org", "files.pythonhosted.org"}, name


def test_both_locks_agree_with_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    versions = {(package["name"], package["version"]) for package in locked if "version" in package}
    for name in ("dev", "extras"):
        text = (ROOT / f"requirements/{name}.txt").read_text()
        pinned = set(re.findall(r"^([\w.-]+)==([\w.!+]+)", text, re.MULTILINE))
        assert pinned
        assert pinned <= versions, "run `make lock`"
    [own] = [package for package in locked if package["name"] == "skitter"]
    said = {
        f"{need['name']}{need.get('specifier', '')}"
        for need in own["metadata"]["requires-dist"]
        if "extra" not in need.get("marker", "")
    }
    wanted = {
        need.partition(";")[0].strip().replace(".", "-", need.startswith("backports."))
        for need in project["project"]["dependencies"]
    }
    assert said == wanted, "run `make lock`"
