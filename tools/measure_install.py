"""Measure what a plain `pip install .` brings, on disk and at import, and fail where it is more than is promised."""

import importlib.util
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_MB = 60
MOST_IMPORT_S = 0.15

IMPORT = """
import time
start = time.process_time()
import skitter
print(time.process_time() - start)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "venv")
        venv.create(home, with_pip=False)
        python = home / "bin" / "python"
        before = size_mb(home)
        subprocess.run([*installer(python), "-q", str(ROOT)], check=True)
        added = size_mb(home) - before
        # the import of an interpreter whose caches are warm: the least of several, as other processes only add to it
        import_s = min(float(run(python, IMPORT)) for _ in range(5))
    print(f"installed: {added:.1f} MB of at most {MOST_MB}; import: {import_s:.3f} s CPU of at most {MOST_IMPORT_S}")
    if added > MOST_MB or import_s > MOST_IMPORT_S:
        sys.exit("more than is promised")


def installer(python: Path) -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python), "install"]
    return ["uv", "pip", "install", "--python", str(python), "--link-mode", "copy", "--compile-bytecode"]


def size_mb(folder: Path) -> float:
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if not path.is_dir()) / 1e6


def run(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
