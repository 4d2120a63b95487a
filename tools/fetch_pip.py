"""Install pip into the environment this runs in, where ensurepip is missing, as on Debian without python3-venv.

The wheel is looked up in the package index (PIP_INDEX_URL, else PyPI), checked against the hash below, and asked to
install itself.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main() -> None:
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    with urllib.request.urlopen(index, timeout=60) as answer:
        links = re.findall(r'href="([^"]+)"', answer.read().decode())
    found = next((unescape(link) for link in links if f"/{WHEEL}" in link), None)
    if found is None:
        sys.exit(f"{WHEEL} is not in {index}")
    with urllib.request.urlopen(urljoin(index, found), timeout=60) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        sys.exit(f"{WHEEL} from {index} is not the one that is expected")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, WHEEL)
        path.write_bytes(wheel)
        # a wheel is a zip archive, and Python runs what is in one
        subprocess.run([sys.executable, f"{path}/pip", "install", "--quiet", "--no-index", str(path)], check=True)


if __name__ == "__main__":
    main()
