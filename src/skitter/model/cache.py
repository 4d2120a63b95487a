"""How a crawl uses the cache."""

from enum import Enum
from typing import Any


class CacheMode(Enum):
    """Whether the cache is read and written."""

    ENABLED = "enabled"
    """Read and write."""
    DISABLED = "disabled"
    """Neither."""
    READ_ONLY = "read_only"
    """Read, never write."""
    WRITE_ONLY = "write_only"
    """Write, never read."""
    BYPASS = "bypass"
    """Neither, for this crawl."""

    @property
    def reads(self) -> bool:
        """Whether a cached page may be used."""
        return self in {CacheMode.ENABLED, CacheMode.READ_ONLY}

    @property
    def writes(self) -> bool:
        """Whether a fetched page is kept."""
        return self in {CacheMode.ENABLED, CacheMode.WRITE_ONLY}


def cache_mode_from(value: Any) -> Any:
    """Read a mode given as a string in any case; None means ENABLED, anything else is returned as it is."""
    if value is None:
        return CacheMode.ENABLED
    return value.lower() if isinstance(value, str) else value
