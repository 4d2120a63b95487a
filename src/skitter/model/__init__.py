"""The values that move between the stages and out to the user; start with ``result.py``."""
