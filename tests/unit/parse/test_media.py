import pytest

from skitter.parse.document import read
from skitter.parse.media import expand_media, image_at, read_media
from skitter.parse.options import ParseOptions

URL = "https://www.example.com/a/page.html"


def media(body: str, **options: int) -> dict[str, list[dict]]:
    return expand_media(read_media(read(body, url=URL, base_url=URL), ParseOptions(**options)))


def images(body: str, **options: int) -> list[dict]:
    return media(body, **options)["images"]


def sources(body: str, **options: int) -> list[str]:
    return [image["src"] for image in images(body, **{"image_score_threshold": -1, **options})]


def test_an_image_has_every_field_that_users_know():
    assert images('<p>A caption text</p><img src="i.jpg" alt=" A  cat " width=640 height="480px">') == [
        {
            "src": "https://www.example.com/a/i.jpg",
            "data": "",
            "alt": "A cat",
            "desc": "A caption text",
            "score": 5,
            "type": "image",
            "group_id": 0,
            "format": "jpg",
            "width": 640,
            "height": 480,
        }
    ]


@pytest.mark.parametrize(
    ("image", "score"),
    [
        ("<img src=i>", 1),  # the first half
        ("<img src=i alt=x>", 2),
        ("<img src=i.png alt=x>", 3),
        ("<img src='i?format=webp&x' alt=x>", 3),
        ("<img src=i.png alt=x width=150 height=150>", 3),
        ("<img src=i.png alt=x width=151 height=151>", 5),
        ("<img src=i.png alt=x width=151 height=151 srcset='j.png 2x'>", 6),
        ("<picture><img src=i.png alt=x width=151 height=151 srcset='j.png 2x'></picture>", 7),
        ("<img src=i width=100%>", 1),
    ],
)
def test_points_are_counted(image, score):
    assert images(image, image_score_threshold=-1)[0]["score"] == score


def test_only_images_above_the_threshold_are_kept():
    body = "<img src=a.png alt=a><img src=b.png>"
    assert [image["src"][-5:] for image in images(body)] == ["a.png"]
    assert len(images(body, image_score_threshold=0)) == 2
    assert images(body, image_score_threshold=7) == []


def test_the_first_half_of_the_images_is_worth_a_point():
    assert [image["score"] for image in images("<img src=a.png alt=x>" * 4, image_score_threshold=0)] == [3, 3, 2, 2]


@pytest.mark.parametrize(
    "image",
    [
        "<button><img src=a.png alt=x width=200></button>",
        "<img src=a.png alt=x width=200 style='display : none'>",
        "<img src=/img/site-logo.png alt=x width=200>",
        "<img src=a.png alt='Company Logo' width=200>",
        "<img src=a.png alt=x width=200 class='nav-icon big'>",
        "<img src=a.png alt=x width=200 class=headerLogo>",
        "<img src=/icons/a.png alt=x width=200>",
        "<img alt=x width=200 height=200>",
        "<img src='' alt=x width=200 height=200>",
    ],
)
def test_ornaments_and_hidden_images_are_left_out(image):
    assert images(image) == []


@pytest.mark.parametrize("word", ["lexicon", "iconic", "silicone", "catalogos", "unbuttoned"])
def test_words_that_only_contain_such_a_name_are_not_ornaments(word):
    assert len(images(f"<img src=/{word}/a.png alt={word} class={word} width=200>")) == 1


def test_variants_are_items_of_one_group():
    body = (
        "<img src=first.png alt=x><img src=a.jpg data-src=b.jpg data-lazy-src=c.jpg data-original=d.jpg"
        " srcset='e.jpg 320w, f.jpg 640w' data-srcset='g.jpg 2x' alt=x>"
    )
    found = images(body)
    assert [(image["src"].rpartition("/")[2], image["group_id"], image["width"]) for image in found] == [
        ("first.png", 0, None),
        ("a.jpg", 1, None),
        ("b.jpg", 1, None),
        ("c.jpg", 1, None),
        ("d.jpg", 1, None),
        ("g.jpg", 1, None),
        ("e.jpg", 1, 320),
        ("f.jpg", 1, 640),
    ]


def test_a_picture_brings_its_sources_with_their_format():
    body = "<picture><source type=image/webp srcset='a 1x, b 2x'><source srcset=c.avif><img src=d.png alt=x></picture>"
    assert [(image["src"].rpartition("/")[2], image["format"]) for image in images(body)] == [
        ("d.png", "png"),
        ("a", "webp"),
        ("b", "webp"),
        ("c.avif", "avif"),
    ]


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a 1x,b 2x", ["a", "b"]),
        ("a,b", ["a,b"]),
        ("a, b", ["a", "b"]),
        ("/w_100,h_50/a.jpg 100w, /w_200,h_100/a.jpg 200w", ["w_100,h_50/a.jpg", "w_200,h_100/a.jpg"]),
        (" , a  100w , , b", ["a", "b"]),
        ("a (1,2), b", ["a", "b"]),
        ("", []),
        (",,,", []),
        ("data:image/gif;base64,R0lG 1x", []),
    ],
)
def test_a_srcset_is_read_as_browsers_do(srcset, expected):
    found = sources(f"<img alt=x src=z.png srcset='{srcset}'>")
    assert [
        one.removeprefix("https://www.example.com/a/").removeprefix("https://www.example.com/") for one in found
    ] == [
        "z.png",
        *expected,
    ]


def test_a_placeholder_gives_way_to_the_file():
    assert sources("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' data-src=real.jpg>") == [
        "https://www.example.com/a/real.jpg"
    ]


def test_a_data_uri_is_reported_without_its_data():
    [image] = images(f"<img src='data:image/png;base64,{'A' * 10_000}' alt=x width=200>")
    assert image["src"] == "data:image/png;base64,…"
    assert image["format"] == "png"


@pytest.mark.parametrize(
    ("body", "desc"),
    [
        ("<figure><div><img IMG></div><figcaption>The  caption</figcaption></figure><p>After", "The caption"),
        ("<h1>Heading</h1><img IMG><p>After", "After"),
        ("<h1>Heading</h1><p>Before</p><img IMG>", "Before"),
        ("<h1>Heading</h1><p>Text <img IMG></p>", "Text"),
        ("<h1>Heading</h1><a><img IMG></a><p>Beside the link</p>", "Beside the link"),
        ("<h1>Heading</h1><div><div><div><div><div><img IMG></div></div></div></div></div><p>Far</p>", "Heading"),
        ("<img IMG>", ""),
    ],
)
def test_the_description_is_the_nearest_text(body, desc):
    [image] = images(body.replace("IMG", "src=a.png alt=x"))
    assert image["desc"] == desc


def test_a_description_has_enough_words_and_is_short():
    assert images("<img src=a.png alt=x><p>two words", image_description_min_word_threshold=3)[0]["desc"] == ""
    assert 0 < len(images(f"<img src=a.png alt=x><p>{'words ' * 500}")[0]["desc"]) <= 200


def test_a_video_is_reported_with_its_sources_poster_and_tracks():
    found = media(
        "<video poster=p.jpg width=640 title=Film>"
        "<source src=a.mp4 type=video/mp4><source src=b type='video/webm; codecs=x'>"
        "<track src=en.vtt srclang=en label=English></video><video src=c.ogv></video>"
    )["videos"]
    assert [(one["src"].rpartition("/")[2], one["group_id"], one["format"]) for one in found] == [
        ("a.mp4", 0, "mp4"),
        ("b", 0, "webm"),
        ("c.ogv", 2, "ogv"),
    ]
    assert found[0]["poster"] == "https://www.example.com/a/p.jpg"
    assert found[0]["alt"] == "Film"
    assert found[0]["tracks"] == [
        {"src": "https://www.example.com/a/en.vtt", "kind": "subtitles", "srclang": "en", "label": "English"}
    ]
    assert found[2]["poster"] is None


def test_an_audio_is_reported_with_its_sources():
    found = media("<h2>Song</h2><audio><source src=a.mp3><source src=a.ogg></audio>")["audios"]
    assert [(one["src"].rpartition("/")[2], one["type"], one["desc"]) for one in found] == [
        ("a.mp3", "audio", "Song"),
        ("a.ogg", "audio", "Song"),
    ]


@pytest.mark.parametrize(
    ("src", "count"),
    [
        ("https://www.youtube.com/embed/x", 1),
        ("//www.youtube-nocookie.com/embed/x", 1),
        ("https://player.vimeo.com/video/1", 1),
        ("https://www.dailymotion.com/embed/video/x", 1),
        ("https://ads.example.com/frame", 0),
        ("https://evil.example/https://www.youtube.com/embed/x", 0),
        ("", 0),
    ],
)
def test_frames_of_known_players_are_videos(src, count):
    assert len(media(f"<iframe src='{src}' title=Film></iframe>")["videos"]) == count


def test_media_without_a_url_of_the_page_are_those_with_one():
    document = read("<img src=a.png alt=x><img src=http://x.org/b.png alt=x><video src=v.mp4></video>", url="raw:")
    found = expand_media(read_media(document, ParseOptions(image_score_threshold=-1)))
    assert [image["src"] for image in found["images"]] == ["http://x.org/b.png"]
    assert found["videos"] == []


def test_the_same_page_gives_the_same_answer():
    body = (
        "<picture><source srcset='a.webp, b.avif'><img src=c.png data-src=d.jpg data-x-src=e.gif alt=x></picture>" * 3
    )
    assert media(body) == media(body)


def test_an_answer_that_is_an_image_is_one_item():
    [image] = expand_media(image_at("http://x.org/pic", "image/svg+xml"))["images"]
    assert (image["src"], image["format"]) == ("http://x.org/pic", "svg")


def test_what_is_expanded_already_stays():
    ready = {"images": [{"src": "x"}], "videos": [], "audios": []}
    assert expand_media(ready) == ready
