"""How the documentation is built: MyST Markdown under Sphinx; the reference pages are generated first."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import reference_pages  # noqa: E402  # found through the line above

import skitter  # noqa: E402

project = "Skitter"
author = "the Skitter authors"
version = release = skitter.__version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_title = f"Skitter {release}"
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
nitpicky = True

reference_pages.write(HERE / "reference")
