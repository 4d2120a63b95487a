"""The names of crawl4ai's `ssl_certificate`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.model.certificate import SSLCertificate
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("ssl_certificate")

__all__ = ["SSLCertificate"]
