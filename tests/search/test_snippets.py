"""The passage shown of a page: the one that answers best, what matched marked, everything else escaped, never long."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.keys import query_keys, words
from portal.search.snippets import WINDOW, snippet


def shown(text: str, query: str, locale: str = "en") -> str:
    return str(snippet(text, locale, [query_keys(word[0]) for word in words(query)]))


def marked(made: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", made)


def plain(made: str) -> str:
    """The words of a snippet as they stood in the text."""
    return html.unescape(re.sub(r"</?mark>", "", made)).removeprefix("… ").removesuffix(" …")


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
    ],
)
def test_every_form_of_the_words_asked_for_is_marked_as_it_stands(
    locale: str, text: str, query: str, forms: list[str]
) -> None:
    assert marked(shown(text, query, locale)) == forms


def test_a_short_text_is_shown_whole_and_without_dots() -> None:
    assert shown("The lamp worked.\nShe came back.", "lamp") == "The <mark>lamp</mark> worked. She came back."


def test_html_in_a_text_is_shown_and_not_obeyed() -> None:
    assert shown("<script>lamp</script> & \"lamp\" <b onclick='x'>", "lamp script") == (
        "&lt;<mark>script</mark>&gt;<mark>lamp</mark>&lt;/<mark>script</mark>&gt; &amp; &#34;<mark>lamp</mark>&#34; "
        "&lt;b onclick=&#39;x&#39;&gt;"
    )


def test_the_passage_with_most_of_the_words_is_chosen() -> None:
    filler = "word " * 100
    made = shown(f"lamp lamp {filler} the lamp in the window {filler} window {filler}", "lamp window")
    assert marked(made) == ["lamp", "window"]
    assert made.startswith("… ")
    assert made.endswith(" …")


def test_of_passages_that_are_as_good_the_first_is_chosen() -> None:
    filler = "word " * 100
    assert "first" in shown(f"first lamp {filler} second lamp {filler}", "lamp")


def test_a_passage_begins_with_its_sentence_when_that_is_near() -> None:
    filler = "word " * 100
    assert shown(f"{filler}. Here is a good and quiet lamp. {filler}", "lamp").startswith("… Here is a good and quiet")
    assert shown(f"{filler}\nHere is a lamp. {filler}", "lamp").startswith("Here is a <mark>lamp")


def test_quotation_marks_and_full_stops_stay_with_their_words() -> None:
    filler = "word " * 100
    assert shown("“Lamp!” she said.", "lamp") == "“<mark>Lamp</mark>!” she said."
    assert shown(f"He left. “Here is the lamp.” {filler}", "lamp").startswith("… “Here is the <mark>lamp</mark>.” word")
    assert shown(f"{'word ' * 31}lamp?» {filler}", "lamp").endswith(
        "<mark>lamp</mark>?» word word" + " word" * 25 + " …"
    )


def test_a_text_without_the_words_has_no_passage() -> None:
    assert shown("The door.", "lamp") == ""
    assert shown("", "lamp") == ""
    assert shown("The lamp.", "") == ""


@pytest.mark.parametrize("text", ["lamp " * 5_000, "и " * 5_000 + "lamp", "lamp" + " ." * 3_000, "lamp. " * 5_000])
def test_a_long_text_has_a_short_passage(text: str) -> None:
    made = plain(shown(text, "lamp"))
    assert "lamp" in made
    assert len(list(words(made))) <= WINDOW + 40
    assert len(made) <= 1_000


texts = st.text() | st.lists(
    st.sampled_from(["lamp", "Lamps", "лампы", "<b>", "&amp;", "\"'", "\n", ". ", " ", "<mark>", "</mark>", "word"])
    | st.text(max_size=5),
    max_size=120,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(
    texts, st.sampled_from(["lamp", "лампа", "lamp word", "b mark amp", "0"]), st.sampled_from(["en", "ru", "hr", "ka"])
)
def test_a_passage_is_a_piece_of_the_text_escaped_with_nothing_but_marks_added(
    text: str, query: str, locale: str
) -> None:
    made = shown(text, query, locale)
    assert re.findall(r"<(?!/?mark>)|>(?<!<mark>)(?<!</mark>)", made) == []
    assert plain(made) in plain(html.escape(text).replace("\n", " "))
    wanted = [set(query_keys(word[0])) for word in words(query)]
    assert bool(made) == bool(marked(made))
    for form in marked(made):
        assert any(set(query_keys(html.unescape(form))) & keyset for keyset in wanted)


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(["lamp", "лампа", "lamp word"]))
def test_a_passage_is_never_longer_than_its_window_and_the_beginning_of_its_sentence(text: str, query: str) -> None:
    made = plain(shown(text, query))
    assert len(list(words(made))) <= WINDOW + 40
