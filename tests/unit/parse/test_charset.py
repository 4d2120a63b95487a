# ruff: noqa: RUF001  # texts in other alphabets have letters that look like ours
import codecs

import pytest

from skitter.parse.charset import canonical, decode, text

RUSSIAN = (
    "Вечером шёл дождь, и мы остались дома. На столе лежала раскрытая книга, которую никто не читал уже много дней, "
    "а за окном медленно проезжали машины."
)
JAPANESE = "今日はとても良い天気です。公園を散歩してから、図書館で本を借りて、友達と一緒に昼ご飯を食べました。"
CHINESE = "昨天下午我们去了图书馆，借了几本关于历史的书。回家的路上下起了大雨，我们只好在车站等了半个小时。"
KOREAN = "어제는 도서관에 가서 책을 몇 권 빌렸습니다. 집으로 돌아오는 길에 비가 많이 와서 역에서 기다렸습니다."
FRENCH = (
    "L'été dernier, nous avons passé quelques jours à la mer ; les enfants étaient très contents, même sous la pluie."
)
CZECH = "Včera odpoledne jsme šli do knihovny a půjčili si několik knih. Cestou domů začalo pršet, tak jsme čekali."
GREEK = "Χθες το απόγευμα πήγαμε στη βιβλιοθήκη και δανειστήκαμε μερικά βιβλία για την ιστορία της πόλης."


def page(words: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>{words[:20]}</title></head><body><p>{words}</p></body></html>"


def test_a_byte_order_mark_wins_over_everything_and_is_not_text():
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        decoded = decode(mark + page("é…").encode(codec), "text/html; charset=iso-8859-5")
        assert decoded.text == page("é…")
        assert decoded.encoding.replace("-", "") == codec.replace("-", "")


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("latin1", "windows-1252"),
        ("ISO-8859-1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("gb2312", "gbk"),
        ("x-sjis", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"),
        ("big5-hkscs", "big5"),
        ("tis-620", "windows-874"),
        ("utf-16", "utf-16le"),
        ("utf-16be", "utf-16be"),
        (" koi8-r ", "koi8-r"),
        ("hz-gb-2312", "hz"),
        ("utf-7", None),
        ("no such thing", None),
        ("<script>", None),
        ("", None),
    ],
)
def test_labels_mean_what_the_encoding_standard_says(label, encoding):
    assert canonical(label) == encoding


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso8859-5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso-2022-jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc-kr"),
        (FRENCH, "latin-1"),
        (CZECH, "windows-1250"),
        (GREEK, "windows-1253"),
    ],
)
class TestLegacyEncodings:
    def test_named_by_the_header(self, words, codec):
        assert decode(page(words).encode(codec), f'text/html; Charset="{codec}"').text == page(words)

    def test_named_by_a_meta(self, words, codec):
        said = page(words, f"<meta charset={codec}>")
        assert decode(said.encode(codec), "text/html").text == said

    def test_named_by_a_meta_http_equiv_far_down(self, words, codec):
        meta = f'<meta http-equiv="Content-Type" content="text/html; charset={codec}">'
        said = page(words, f"<script>{'x' * 9000}</script>{meta}")
        assert decode(said.encode(codec)).text == said

    def test_found_where_nothing_is_said(self, words, codec):
        said = page(words * 3)
        assert decode(said.encode(codec), "text/html").text == said

    def test_found_where_utf_8_is_said(self, words, codec):
        said = page(words * 3, "<meta charset=utf-8>")
        assert decode(said.encode(codec), "text/html; charset=utf-8").text == said

    def test_utf_8_is_utf_8_whatever_is_said(self, words, codec):
        assert decode(page(words).encode(), f"text/html; charset={codec}").text == page(words)

    def test_the_name_of_the_encoding_decodes_again(self, words, codec):
        body = page(words, f"<meta charset={codec}>").encode(codec)
        decoded = decode(body)
        assert text(body, decoded.encoding) == decoded.text


def test_the_header_wins_over_the_meta():
    body = page("ä", "<meta charset=koi8-r>").encode("latin-1")
    assert "ä" in decode(body, "text/html; charset=iso-8859-1").text


def test_a_meta_in_a_comment_is_not_believed():
    body = page(FRENCH, "<!-- <meta charset=shift_jis> -->").encode("latin-1")
    assert decode(body).text.endswith(f"<p>{FRENCH}</p></body></html>")


def test_the_xml_declaration_is_believed():
    said = f'<?xml version="1.0" encoding="windows-1251"?><a>{RUSSIAN}</a>'
    assert decode(said.encode("windows-1251"), "text/xml").text == said


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_found(codec):
    assert decode(page(RUSSIAN).encode(codec), "text/html").text == page(RUSSIAN)


def test_an_english_page_with_curly_quotes_is_windows_1252():
    words = "It\u2019s what \u201cthey\u201d said \u2013 twice\u2026"
    assert decode(page(words).encode("windows-1252")).text == page(words)


def test_the_top_level_domain_helps():
    assert decode("<p>Привет".encode("windows-1251"), tld="ru").text == "<p>Привет"


def test_a_page_that_was_cut_inside_a_character_stays_utf_8():
    body = page(RUSSIAN).encode()[:-60]
    body = body[: body.rindex("к".encode()) + 1]
    decoded = decode(body, "text/html; charset=utf-8")
    assert (decoded.encoding, decoded.damaged) == ("utf-8", 1)
    assert decoded.text.endswith("\ufffd")


def test_foreign_bytes_pasted_into_a_utf_8_page_cost_only_themselves():
    body = page(RUSSIAN).encode() + b"<p>caf\xe9 \xa9 2020</p>"
    decoded = decode(body, "text/html; charset=utf-8")
    assert RUSSIAN in decoded.text
    assert decoded.damaged == 2


def test_damage_is_counted():
    assert decode(b"plain").damaged == 0
    assert decode("<p>…".encode()).damaged == 0
    assert decode(b"<meta charset=shift_jis>" + JAPANESE.encode("shift_jis") * 4 + b"\xff\xff").damaged == 2


def test_two_chinese_characters_that_look_like_utf_8_stay_what_is_declared():
    assert decode("联通".encode("gbk"), "text/plain; charset=gb2312").text == "联通"


def test_an_unknown_label_is_as_good_as_none():
    assert decode(page(FRENCH).encode(), "text/html; charset=none").text == page(FRENCH)
    assert decode(page(FRENCH).encode("latin-1"), "text/html; charset=utf-9").text == page(FRENCH)


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xff\xfe", b"\x00", b"\x80" * 5000, bytes(range(256)) * 50, b"\x1b$"])
def test_anything_is_decoded(body):
    for content_type in (
        "",
        "text/html; charset=",
        "text/html; charset=utf-16",
        "x; charset=iso-2022-jp",
        ";;;=charset",
    ):
        decoded = decode(body, content_type)
        assert text(body, decoded.encoding) == decoded.text
