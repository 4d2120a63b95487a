"""Measure what a plain `pip install .` brings, on disk and at import, and fail where it is more than is promised."""

import importlib.util
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_MB = 60
"""In MiB, as `du -m` counts, bytecode included."""
MOST_IMPORT_S = 0.15

HAS_ENSUREPIP = importlib.util.find_spec("ensurepip") is not None
"""Whether a new environment has pip; Debian takes it out where python3-venv is not installed."""

IMPORT = """
import time
start = time.process_time()
import skitter
print(time.process_time() - start)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "venv")
        venv.create(home, with_pip=HAS_ENSUREPIP)
        python = home / "bin" / "python"
        before = size_mb(home)
        subprocess.run([*installer(python), "--quiet", str(ROOT)], check=True)
        total = size_mb(home)
        # the import of an interpreter whose caches are warm: the least of several, as other processes only add to it
        import_s = min(float(run(python, IMPORT)) for _ in range(5))
        parts = sorted((home / "lib").glob("python*/site-packages/*/"), key=size_mb, reverse=True)[:8]
        print("largest:", ", ".join(f"{part.name} {size_mb(part):.1f}" for part in parts))
    added = total - before
    print(f"disk: {added:.1f} MB of at most {MOST_MB}, {total:.1f} MB with the environment's own {before:.1f}")
    print(f"import: {import_s:.3f} s CPU of at most {MOST_IMPORT_S}")
    if added > MOST_MB or import_s > MOST_IMPORT_S:
        sys.exit("more than is promised")


def installer(python: Path) -> list[str]:
    if HAS_ENSUREPIP:
        return [str(python), "-m", "pip", "install"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python), "install"]
    return ["uv", "pip", "install", "--python", str(python), "--link-mode", "copy", "--compile-bytecode"]


def size_mb(path: Path) -> float:
    files = [path, *path.rglob("*")]
    return sum(file.lstat().st_blocks for file in files if file.is_file() and not file.is_symlink()) * 512 / 2**20


def run(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
