import sys

import pytest

from skitter.cli import doctor

LINES = [
    ("turbohtml<2,>=1.15", None),
    ("backports.zstd>=1.3; python_version < '3.14'", None),
    ("an-old-backport; python_version < '3.8'", None),
    ('playwright>=1.50; extra == "browser"', "browser"),
    ('skitter[browser,documents]; extra == "all"', "all"),
    ('pypdfium2; extra == "all"', "all"),
]


def test_only_what_applies_is_looked_for():
    names = [(need.name, need.extra) for need in doctor._applicable(LINES)]
    assert ("turbohtml", None) in names
    assert ("playwright", "browser") in names
    assert not {name for name, _ in names} & {"an-old-backport", "skitter", "pypdfium2"}


def test_the_project_needs_something():
    needs = doctor._requirements()
    assert {need.extra for need in needs} > {None, "browser"}
    assert needs == sorted(needs, key=lambda need: need.extra is not None)


def test_a_missing_library_is_found_and_not_fatal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "skitter.dispatch.memory", None)
    monkeypatch.setattr(doctor, "SELF_TESTS", {})
    monkeypatch.setattr(doctor, "_requirements", lambda: [doctor._Need("no-such-distribution", None)])
    broken = {finding.name: finding for finding in doctor.examine() if finding.state == "broken"}
    assert broken.keys() == {"no-such-distribution", "machine"}
    assert "skitter.dispatch.memory" in broken["machine"].text
    assert broken["no-such-distribution"].advice


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:pass@proxy:3128", "http://…@proxy:3128"),
        ("http://proxy:3128", "http://proxy:3128"),
        ("socks5://u:p@w@proxy", "socks5://…@proxy"),
    ],
)
def test_passwords_are_not_shown(address: str, shown: str):
    assert doctor._without_password(address) == shown
