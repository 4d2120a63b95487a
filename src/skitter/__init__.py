"""Skitter crawls many URLs, fast and politely, into clean Markdown and structured data."""

__version__ = "0.1.0"
