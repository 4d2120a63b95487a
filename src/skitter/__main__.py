"""`python -m skitter` is the program `skitter`."""

import sys

from skitter.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
