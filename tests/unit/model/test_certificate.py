import copy
import json
import pickle
import re
import ssl
from pathlib import Path

import pytest

from skitter.model.certificate import SSLCertificate
from tests.site.server import CERTIFICATE

PEM = re.search(r"-----BEGIN CERTIFICATE.*?END CERTIFICATE-----", CERTIFICATE.read_text(), re.DOTALL)[0]
DER = ssl.PEM_cert_to_DER_cert(PEM)


def tlv(tag: int, *values: bytes) -> bytes:
    value = b"".join(values)
    size = len(value).to_bytes(2)
    return bytes([tag]) + (bytes([0x82]) + size if len(value) > 127 else bytes([len(value)])) + value


def named(oid: bytes, kind: int, text: bytes) -> bytes:
    return tlv(0x31, tlv(0x30, tlv(0x06, oid), tlv(kind, text)))


CN, ORG, OU, ODD = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b", b"\x2a\x03\x87\x68"


def certificate(
    *, version: bytes = b"\x02", names: bytes = b"", times: bytes | None = None, more: bytes = b""
) -> bytes:
    times = times if times is not None else tlv(0x17, b"490102030405Z") + tlv(0x18, b"20500102030405Z")
    subject = tlv(0x30, names)
    body = tlv(
        0x30,
        tlv(0xA0, tlv(2, version)) if version else b"",
        tlv(2, b"\x00\xff\x01"),
        tlv(0x30),
        subject,
        tlv(0x30, times),
        subject,
        tlv(0x30),
        more,
    )
    return tlv(0x30, body, tlv(0x30), tlv(3))


def test_a_real_certificate():
    read = SSLCertificate.from_der(DER)
    assert read.subject["CN"] == "localhost"
    assert read.issuer == read["issuer"]
    assert read["version"] == 3
    assert {"localhost", "127.0.0.1"} <= set(read.san)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", read.valid_from)
    assert read.valid_from < read.valid_until
    assert re.fullmatch("[0-9a-f]{64}", read.fingerprint)
    assert re.fullmatch("([0-9A-F]{2})+", read["serial"])


def test_the_facts_agree_with_those_of_openssl():
    theirs = ssl._ssl._test_decode_cert(str(CERTIFICATE))
    ours = SSLCertificate.from_der(DER)
    assert ours["serial"] == theirs["serialNumber"]
    assert ours["version"] == theirs["version"]
    assert ours.san == [value for _, value in theirs["subjectAltName"]]
    assert ours.valid_from == _iso(theirs["notBefore"])
    assert ours.valid_until == _iso(theirs["notAfter"])


def _iso(text: str) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_names_in_every_kind_of_text():
    names = (
        named(CN, 0x0C, "Bücher".encode())
        + named(ORG, 0x1E, "Ünïon".encode("utf-16-be"))
        + named(OU, 0x13, b"one")
        + named(OU, 0x14, b"two \xfc")
        + named(ODD, 0x0C, b"odd")
    )
    read = SSLCertificate.from_der(certificate(names=names))
    assert read.subject == {"CN": "Bücher", "O": "Ünïon", "OU": "one, two ü", "1.2.3.1000": "odd"}
    assert (read["serial"], read["version"]) == ("FF01", 3)
    assert (read.valid_from, read.valid_until) == ("2049-01-02T03:04:05Z", "2050-01-02T03:04:05Z")
    assert read.san == []


def test_times_of_the_last_century():
    times = tlv(0x17, b"500101000000Z") + tlv(0x17, b"991231235959Z")
    read = SSLCertificate.from_der(certificate(times=times, version=b""))
    assert (read["version"], read.valid_from, read.valid_until) == (1, "1950-01-01T00:00:00Z", "1999-12-31T23:59:59Z")


def test_alternative_names():
    names = tlv(
        0x30,
        tlv(0x82, b"a.example"),
        tlv(0x87, bytes([10, 0, 0, 1])),
        tlv(0x87, bytes(15) + b"\1"),
        tlv(0x86, b"https://a.example/"),
        tlv(0x81, b"me@a.example"),
        tlv(0x87, b"odd"),
        tlv(0x88, b"\x2a\x03"),
    )
    extension = tlv(0x30, tlv(6, b"\x55\x1d\x11"), tlv(1, b"\xff"), tlv(4, names))
    read = SSLCertificate.from_der(
        certificate(more=tlv(0xA3, tlv(0x30, tlv(0x30, tlv(6, b"\x55\x1d\x0f")), extension)))
    )
    assert read.san == ["a.example", "10.0.0.1", "::1", "https://a.example/", "me@a.example", "6f6464"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x30",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\0\0",
        b"\x30\x00",
        b"not a certificate",
        b"\x30\x03\x30\x01\x00",
        bytes(200_000),
    ],
)
def test_garbage_has_no_facts(garbage: bytes):
    read = SSLCertificate.from_der(garbage)
    assert (read.subject, read.issuer, read.san, read.valid_from, read["serial"]) == ({}, {}, [], None, None)
    assert len(read.fingerprint) == 64


def test_facts_before_the_damage_stay():
    read = SSLCertificate.from_der(certificate(names=named(CN, 0x0C, b"here"), times=b"\x17\x03abc"))
    assert read.issuer == {"CN": "here"}
    assert read.subject == {}


def test_every_form(tmp_path: Path):
    read = SSLCertificate.from_der(DER)
    assert ssl.PEM_cert_to_DER_cert(read.to_pem()) == read.to_der() == DER
    assert json.loads(read.to_json()) == read
    for write, content in ((read.to_json, read.to_json()), (read.to_pem, read.to_pem()), (read.to_der, DER)):
        path = tmp_path / write.__name__
        assert write(path) is None
        assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())


def test_it_survives_a_journey():
    read = SSLCertificate.from_der(DER)
    for again in (pickle.loads(pickle.dumps(read)), copy.deepcopy(read), copy.copy(read)):
        assert again == read
        assert again.to_der() == DER
