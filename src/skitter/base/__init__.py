"""What every other package may use: option groups, URLs. Knows nothing of crawling; start with ``options.py``."""
