"""A server's TLS certificate."""

from typing import Any


class SSLCertificate(dict[str, Any]):
    """An X.509 certificate: a dict of its facts."""
