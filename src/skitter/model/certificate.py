"""A server's TLS certificate: what is written in it.

X.509 (RFC 5280) is read by a small reader of DER that takes what it is given for hostile: every length is checked, and
what is not understood is left out. Nothing is verified here; that is done when a page is fetched.
"""

import hashlib
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, Self

from skitter.base import url as urls

_LARGEST = 2**17
_MOST_NAMES = 5000
_MOST_PARTS = 10_000

_INTEGER, _OID, _UTC_TIME, _GENERALIZED_TIME = 0x02, 0x06, 0x17, 0x18
_SEQUENCE, _SET, _OCTETS = 0x30, 0x31, 0x04
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _URI, _MAIL, _IP = 0x82, 0x86, 0x81, 0x87
_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}

_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.15": "businessCategory",
    "2.5.4.17": "postalCode",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_SUBJECT_ALT_NAME = "2.5.29.17"


class SSLCertificate(dict[str, Any]):
    """An X.509 certificate: a dict of its facts, `None` or empty where one could not be read.

    Its keys are `subject`, `issuer`, `serial`, `version`, `valid_from`, `valid_until`, `san` and `fingerprint`.
    """

    der: bytes = b""
    """The certificate itself."""

    @classmethod
    def from_der(cls, der: bytes) -> Self:
        """Read a certificate; whatever it holds, this raises nothing."""
        certificate = cls(_facts(der))
        certificate.der = bytes(der)
        return certificate

    @classmethod
    def from_url(cls, url: str, timeout: float = 10.0) -> Self | None:
        """Ask the host of an https URL for its certificate, whether that is right or wrong.

        This waits: call it in a thread where an event loop runs. Pages that are crawled bring theirs with
        `fetch_ssl_certificate=True`, without a connection more.

        Args:
            url: Whose host is connected to.
            timeout: Seconds to wait at most.

        Returns:
            The certificate, None where no TLS connection could be made.

        Raises:
            ValueError: If *url* is no URL with a host.
        """
        parsed = urls.parse(url)
        host = parsed.hostname.strip("[]")
        if not host:
            msg = f"{url!r} has no host"
            raise ValueError(msg)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is looked at, not trusted
        try:
            with (
                socket.create_connection((host, int(parsed.port or 443)), timeout) as plain,
                context.wrap_socket(plain, server_hostname=host) as secure,
            ):
                der = secure.getpeercert(binary_form=True)
        except OSError:
            return None
        return cls.from_der(der) if der else None

    @property
    def subject(self) -> dict[str, str]:
        """Whose certificate it is, by `CN`, `O`, `C` and so on."""
        return dict(self.get("subject") or {})

    @property
    def issuer(self) -> dict[str, str]:
        """Who signed it, by `CN`, `O`, `C` and so on."""
        return dict(self.get("issuer") or {})

    @property
    def valid_from(self) -> str | None:
        """When it begins to be valid, `2026-01-31T12:00:00Z`."""
        return self.get("valid_from")

    @property
    def valid_until(self) -> str | None:
        """When it ends to be valid, `2026-01-31T12:00:00Z`."""
        return self.get("valid_until")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return str(self.get("fingerprint") or "")

    @property
    def san(self) -> list[str]:
        """The names and addresses it is for."""
        return list(self.get("san") or [])

    def to_json(self, filepath: str | Path | None = None) -> str | None:
        """Return the facts as JSON, or write them to *filepath*."""
        text = json.dumps(self, indent=2, ensure_ascii=False)
        if filepath is None:
            return text
        Path(filepath).write_text(text, encoding="utf-8")
        return None

    def to_pem(self, filepath: str | Path | None = None) -> str | None:
        """Return the certificate as PEM, or write it to *filepath*."""
        text = ssl.DER_cert_to_PEM_cert(self.der)
        if filepath is None:
            return text
        Path(filepath).write_text(text, encoding="utf-8")
        return None

    def to_der(self, filepath: str | Path | None = None) -> bytes | None:
        """Return the certificate as DER, or write it to *filepath*."""
        if filepath is None:
            return self.der
        Path(filepath).write_bytes(self.der)
        return None

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), dict(self), self.der)


def _rebuilt(cls: type[SSLCertificate], facts: dict[str, Any], der: bytes) -> SSLCertificate:
    certificate = cls(facts)
    certificate.der = der
    return certificate


class _Part(NamedTuple):
    tag: int
    value: memoryview


def _facts(der: bytes) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "subject": {},
        "issuer": {},
        "serial": None,
        "version": None,
        "valid_from": None,
        "valid_until": None,
        "san": [],
        "fingerprint": hashlib.sha256(der).hexdigest(),
    }
    with suppress(ValueError):  # the facts that were read before the damage stay
        _read_certificate(memoryview(der), facts)
    return facts


def _read_certificate(der: memoryview, facts: dict[str, Any]) -> None:
    if len(der) > _LARGEST:
        msg = "too large"
        raise ValueError(msg)
    certificate = _only(der, _SEQUENCE)
    parts = iter(list(_parts(_next(_parts(certificate)).value)))
    part = _next(parts)
    facts["version"] = 1
    if part.tag == _VERSION:
        facts["version"] = int.from_bytes(_only(part.value, _INTEGER)) + 1
        part = _next(parts)
    facts["serial"] = (bytes(part.value).lstrip(b"\0") or b"\0").hex().upper()
    _next(parts)  # the signature's algorithm
    facts["issuer"] = _distinguished_name(_next(parts).value)
    validity = _parts(_next(parts).value)
    facts["valid_from"], facts["valid_until"] = _time(_next(validity)), _time(_next(validity))
    facts["subject"] = _distinguished_name(_next(parts).value)
    for part in parts:
        if part.tag == _EXTENSIONS:
            facts["san"] = _alternative_names(_only(part.value, _SEQUENCE))


def _parts(data: memoryview) -> Iterator[_Part]:
    """Take DER apart, one level deep."""
    at = 0
    for _ in range(_MOST_PARTS):
        if at == len(data):
            return
        if len(data) - at < 2:
            break
        tag, length = data[at], data[at + 1]
        at += 2
        if tag & 0x1F == 0x1F:
            break  # a tag of several bytes: X.509 has none
        if length & 0x80:
            size = length & 0x7F
            if not 0 < size <= 3:
                break
            length = int.from_bytes(data[at : at + size])
            at += size
        if at + length > len(data):
            break
        yield _Part(tag, data[at : at + length])
        at += length
    msg = "no DER"
    raise ValueError(msg)


def _next(parts: Iterator[_Part]) -> _Part:
    for part in parts:
        return part
    msg = "a part is missing"
    raise ValueError(msg)


def _only(data: memoryview, tag: int) -> memoryview:
    part = _next(_parts(data))
    if part.tag != tag:
        msg = "not the part that belongs here"
        raise ValueError(msg)
    return part.value


def _distinguished_name(data: memoryview) -> dict[str, str]:
    name: dict[str, str] = {}
    for group in _parts(data):
        for pair in _parts(group.value):
            parts = _parts(pair.value)
            key, value = _oid(_next(parts).value), _next(parts)
            text = str(value.value, _TEXTS.get(value.tag, "latin-1"), "replace")
            key = _NAMES.get(key, key)
            name[key] = f"{name[key]}, {text}" if key in name else text
    return name


def _oid(data: memoryview) -> str:
    if not data or len(data) > 64:
        msg = "no object identifier"
        raise ValueError(msg)
    numbers, number = [], 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        msg = "no object identifier"
        raise ValueError(msg)
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _time(part: _Part) -> str | None:
    text = str(part.value, "ascii", "replace")
    if part.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif part.tag != _GENERALIZED_TIME:
        return None
    moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _alternative_names(extensions: memoryview) -> list[str]:
    names: list[str] = []
    for extension in _parts(extensions):
        parts = list(_parts(extension.value))
        if len(parts) < 2 or _oid(parts[0].value) != _SUBJECT_ALT_NAME or parts[-1].tag != _OCTETS:
            continue
        for part in _parts(_only(parts[-1].value, _SEQUENCE)):
            if (read := _GENERAL_NAMES.get(part.tag)) and len(names) < _MOST_NAMES:
                names.append(read(bytes(part.value)))
    return names


def _address(data: bytes) -> str:
    return str(ip_address(data)) if len(data) in {4, 16} else data.hex()


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace")


_GENERAL_NAMES: dict[int, Callable[[bytes], str]] = {_DNS_NAME: _text, _URI: _text, _MAIL: _text, _IP: _address}
