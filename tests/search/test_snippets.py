"""The passage shown of a page: the one that answers best, whole sentences, what matched marked, all else escaped."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.asked import Asked, Read, Wanted, Way
from portal.search.keys import SURFACE, query_keys, words
from portal.search.passages import LENGTH, MOST
from portal.search.snippets import marked, snippet

FILLER = "Word by word it goes on. " * 20


def a_way(text: str, read: Read = Read.AS_TYPED) -> Way:
    return Way(text, tuple(query_keys(word[0]) for word in words(text)), read)


def a_word(text: str, *others: Way, light: bool = False) -> Wanted:
    return Wanted(text, (a_way(text), *others), light=light)


def a_phrase(text: str) -> Wanted:
    exact = tuple(tuple(key for key in keys if key.startswith(SURFACE)) for keys in a_way(text).words)
    return Wanted(text, (Way(text, exact),), phrase=True)


def asking(query: str, *more: Wanted) -> Asked:
    """What asks for the words of ``query``, and ``more``."""
    return Asked(query, (*(a_word(word[0]) for word in words(query)), *more))


def shown(text: str, query: str | Asked, locale: str = "en") -> str:
    return str(snippet(text, locale, asking(query) if isinstance(query, str) else query))


def marks(made: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", made)


def plain(made: str) -> str:
    """The words of a snippet as they stood in the text."""
    return html.unescape(re.sub(r"</?mark>", "", made)).removeprefix("… ").removesuffix(" …")


# What is marked


@pytest.mark.parametrize(
    ("locale", "text", "query", "forms"),
    [
        ("en", "The lamps and a lamp.", "lamp", ["lamps", "lamp"]),
        ("ru", "Лампы, лампу и ЛАМПОЙ, но не лампасы.", "лампа", ["Лампы", "лампу", "ЛАМПОЙ"]),
        ("hr", "Kupcu i kupcima, ali ne kupusu.", "kupac", ["Kupcu", "kupcima"]),
        ("ka", "ნათურა, ნათურები.", "ნათურა", ["ნათურა", "ნათურები"]),
        ("hr", "Riješili smo pritužbu.", "prituzbe rijesiti", ["Riješili", "pritužbu"]),
        ("ru", "Всё ещё ищем.", "все еще", ["Всё", "ещё"]),
        ("en", "It isn’t here, isn't it?", "isn't", ["isn’t", "isn&#39;t"]),
        ("ru", "Обслу\u00adживание.", "обслуживание", ["Обслу\u00adживание"]),
        ("en", "कि", "क", ["कि"]),
    ],
)
def test_every_form_of_the_words_asked_for_is_marked_as_it_stands(
    locale: str, text: str, query: str, forms: list[str]
) -> None:
    assert marks(shown(text, query, locale)) == forms


def test_a_quoted_phrase_is_marked_as_a_whole_and_only_where_it_stands_so() -> None:
    asked = Asked("", (a_phrase("the golden hour"),))
    made = shown("The hour was golden. Answer within the Golden  Hour, not the golden hours.", asked)
    assert marks(made) == ["the Golden  Hour"]
    assert shown("The hour is golden.", asked) == ""
    assert shown("Answer within the golden", asked) == ""


def test_a_word_within_a_phrase_that_is_also_asked_for_makes_one_mark() -> None:
    asked = asking("hour", a_phrase("golden hour"))
    assert marks(shown("The golden hour is an hour.", asked)) == ["golden hour", "hour"]


def test_little_words_are_not_marked() -> None:
    asked = Asked("", (a_word("the", light=True), a_word("lamp")))
    assert marks(shown("The lamp in the hall.", asked)) == ["lamp"]


def test_what_was_searched_beside_what_was_typed_is_marked_too() -> None:
    refund = a_word("refund", a_way("money back", Read.SYNONYM), a_way("refunds", Read.CORRECTED))
    asked = Asked("", (refund,))
    assert marks(shown("A refund? Give the money back.", asked)) == ["refund", "money", "back"]


def test_a_title_is_shown_whole_with_marks() -> None:
    title = f"{FILLER}A <b>lamp</b>"
    assert str(marked(title, "en", asking("lamp"))) == f"{FILLER}A &lt;b&gt;<mark>lamp</mark>&lt;/b&gt;"
    assert str(marked("Лампа", "ru", asking("лампы"))) == "<mark>Лампа</mark>"
    assert str(marked("", "en", asking("lamp"))) == ""


def test_html_in_a_text_is_shown_and_not_obeyed() -> None:
    assert shown("<script>lamp</script> & \"lamp\" <b onclick='x'>", "lamp script") == (
        "&lt;<mark>script</mark>&gt;<mark>lamp</mark>&lt;/<mark>script</mark>&gt; &amp; &#34;<mark>lamp</mark>&#34; "
        "&lt;b onclick=&#39;x&#39;&gt;"
    )


# Which passage


def test_the_passage_with_most_of_the_words_is_chosen() -> None:
    made = shown(f"Lamp, lamp. {FILLER} See the lamp in the window. {FILLER} A window. {FILLER}", "lamp window")
    assert marks(made) == ["lamp", "window"]


def test_of_passages_that_have_as_many_the_one_is_chosen_in_which_they_stand_nearest_together() -> None:
    far = f"The lamp stood {'far ' * 20}from the window."
    assert "near" in shown(f"{far} {FILLER} The lamp by the window is near. {FILLER}", "lamp window")
    near = "The lamp, and an old lamp by the window."
    assert near in plain(shown(f"{near} {FILLER} A lamp stands near the window. {FILLER}", "lamp window"))


def test_words_on_both_sides_of_a_heading_do_not_stand_together() -> None:
    text = f"A lamp.\nThe end\nA window.\nThe beginning\n{FILLER} A lamp stands at some way from the window. {FILLER}"
    assert marks(shown(text, "lamp window")) == ["lamp", "window"]


def test_of_passages_that_are_as_good_the_first_is_chosen() -> None:
    assert "first" in shown(f"The first lamp. {FILLER} The second lamp. {FILLER}", "lamp")


def test_what_was_typed_is_worth_more_than_a_correction_of_it() -> None:
    asked = Asked("", (a_word("form", a_way("from", Read.CORRECTED)),))
    assert marks(shown(f"It came from there. {FILLER} Fill the form in. {FILLER}", asked)) == ["form"]


def test_a_way_of_several_words_counts_by_how_many_of_them_stand_there() -> None:
    asked = Asked("", (a_word("refund", a_way("money back", Read.SYNONYM)),))
    assert marks(shown(f"Come back. {FILLER} Their money came back. {FILLER}", asked)) == ["money", "back"]
    assert marks(shown(f"Their money came back. {FILLER} A refund! {FILLER}", asked)) == ["refund"]


def test_a_text_without_the_words_has_no_passage() -> None:
    assert shown("The door.", "lamp") == ""
    assert shown("", "lamp") == ""
    assert shown("The lamp.", "") == ""


# Where it begins and ends


def test_a_short_text_is_shown_whole_and_without_dots() -> None:
    assert shown("The lamp worked.\nShe came back.", "lamp") == "The <mark>lamp</mark> worked. She came back."


def test_a_passage_is_whole_sentences() -> None:
    long = f"{FILLER}“Here is a good lamp!” It’s quiet here, e.g. at night. I. Berg says so. {FILLER}"
    made = shown(long, "lamp")
    assert made.startswith("“Here is a good <mark>lamp</mark>!” It’s quiet here, e.g. at night. I. Berg says so. Word")
    assert made.endswith(" it goes on.")
    assert len(plain(made)) <= LENGTH


@pytest.mark.parametrize("sentence", ["It was I. Berg who", "They ring approx. at times, though they"])
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    rest = "came by on a long winter evening to look at the lamps that the guests had left on in all of the rooms"
    assert shown(f"{FILLER}{sentence} {rest}. {FILLER}", "evening").startswith(sentence[:8])


@pytest.mark.parametrize(
    ("locale", "before", "sentence", "query"),
    [
        ("ru", "Первое, т. е. то самое. ", "Лампа горит.", "лампа"),
        ("hr", "Nije tako (vidi gore). ", "Žarulja gori.", "žarulja"),
        ("ka", "ეს პირველია. ", "ნათურა ანათებს.", "ნათურა"),
    ],
)
def test_sentences_end_in_every_language(locale: str, before: str, sentence: str, query: str) -> None:
    long = "ა" * 200 if locale == "ka" else "Ш" + "а" * 200
    assert plain(shown(f"{long}. {before}{sentence} {long}.", query, locale)) == f"{before}{sentence}"


def test_a_heading_is_no_part_of_the_sentence_after_it() -> None:
    text = "Why it pays\nA lamp is light.\nHow to do it\nSay so.\nIn the shop\nTake the window.\nThe end\nDone."
    assert plain(shown(text, "lamp")) == "A lamp is light."
    assert plain(shown(text, "window")) == "Take the window."
    assert plain(shown(text, "shop")) == "In the shop · Take the window."


def test_a_sentence_is_shown_rather_than_a_heading() -> None:
    assert plain(shown("The lamp\nIt was dark.\nThe end\nShe saw a lamp.", "lamp")) == "She saw a lamp."


def test_lines_that_belong_together_are_shown_together() -> None:
    assert plain(shown("The day\nBring:\na lamp\na bulb", "lamp")) == "a lamp · a bulb"
    assert plain(shown("Say this:\nA lamp.\nDo it.", "say")) == "Say this: A lamp. Do it."
    assert plain(shown("Say this:\n“I’ll bring a lamp.”\nDo it.", "lamp")) == "“I’ll bring a lamp.” Do it."


def test_a_quotation_is_not_cut_off_for_one_sentence_more() -> None:
    said = f"“One. {'Two goes on and on. ' * 10}Three.”"
    assert plain(shown(f"The lamp is on. She said: {said}", "lamp")) == "The lamp is on."


def test_a_long_sentence_is_cut_between_clauses() -> None:
    clauses = "as one clause follows upon another, " * 12
    made = shown(f"It was {clauses}and so the lamp was lit, {clauses}for good.", "lamp")
    assert made.startswith("… as one clause follows")
    assert made.endswith("follows upon another …")
    assert marks(made) == ["lamp"]
    assert len(plain(made)) <= LENGTH


def test_a_long_sentence_without_clauses_is_cut_between_words() -> None:
    made = shown(f"{'word ' * 100}lamp {'word ' * 100}", "lamp")
    assert re.fullmatch(r"… (word )+<mark>lamp</mark>( word)+ …", made)
    assert LENGTH / 2 < len(plain(made)) <= LENGTH


@pytest.mark.parametrize("character", ["👩🏽\u200d🚒", "e\u0301\u0323", "कि"])
def test_no_character_is_torn_apart(character: str) -> None:
    made = plain(shown(f"{character * 200}.lamp.{character * 200}", "lamp"))
    assert made.replace(character, "") == ".lamp."


# Whatever the text


@pytest.mark.parametrize(
    "text",
    ["lamp " * 200_000, "lamp" + " ." * 500_000, "lamp. " * 160_000, "lamp\n" * 200_000, "lamp, " * 160_000,
     "lamp" + "." * 1_000_000, "“" * 500_000 + "lamp", "lamp" + "\u0301" * 1_000_000],
    ids=["words", "stops", "sentences", "lines", "clauses", "dots", "quotes", "accents"],
)  # fmt: skip
def test_an_enormous_text_has_a_short_passage_at_once(text: str) -> None:
    made = plain(shown(text, asking("lamp", a_phrase("lamp lamp lamp"))))
    assert len(made) <= MOST + 100


texts = st.text() | st.lists(
    st.sampled_from(
        [
            "lamp",
            "Lamps",
            "лампы",
            "<b>",
            "&amp;",
            "\"'",
            "\n",
            ". ",
            ", ",
            " ",
            "<mark>",
            "</mark>",
            "word",
            "A line.\n",
        ]
    )
    | st.text(max_size=5),
    max_size=150,
).map(" ".join)
queries = st.sampled_from(["lamp", "лампа", "lamp word", "b mark amp", "0"])


@settings(max_examples=250, deadline=None)
@given(texts, queries, st.sampled_from(["en", "ru", "hr", "ka"]))
def test_a_passage_is_a_piece_of_the_text_escaped_with_nothing_but_marks_added(
    text: str, query: str, locale: str
) -> None:
    asked = asking(query, a_phrase("lamp word"))
    made = shown(text, asked, locale)
    assert re.findall(r"<(?!/?mark>)|>(?<!<mark>)(?<!</mark>)", made) == []
    pieces = [piece.strip() for piece in plain(made).split(" · ")]
    assert all(piece in text.replace("\n", " ").replace("\ufdd0", " · ") for piece in pieces)
    assert len(plain(made)) <= MOST + 100
    assert bool(made) == bool(marks(made))
    wanted = [set(query_keys(word[0])) for word in words(query)]
    for form in marks(made):
        assert any(set(query_keys(html.unescape(form))) & keyset for keyset in wanted) or "word" in form.casefold()


@settings(max_examples=100, deadline=None)
@given(texts, queries)
def test_a_title_loses_nothing(text: str, query: str) -> None:
    made = str(marked(text, "en", asking(query)))
    assert html.unescape(re.sub(r"</?mark>", "", made)) == html.unescape(html.escape(text))
