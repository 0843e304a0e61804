"""What a proofreader says of a text's language, quotation marks and spelling, and that no text stops one."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.knowledge import Kind, PageFiles, dictionary_folders, proofread, speller
from portal.knowledge.house_style import HouseStyle, KindStyle
from portal.knowledge.model import PageText
from portal.knowledge.spelling import Speller
from tests.knowledge.proofreader import FIRST, a_text, faults_of

TEXTS = {
    "en": """The guest called because the lamp by the bed was broken and nobody had come for two days.
She said that she was sorry, found another one in the next room, and brought it up at once.""",
    "ru": """Гость позвонил, потому что лампа у кровати сломалась, и два дня никто не приходил.
Она извинилась, нашла другую в соседней комнате и сразу же принесла её ему.""",
    "hr": """Gost je nazvao jer je svjetiljka pokraj kreveta bila pokvarena i dva dana nitko nije došao.
Rekla je da joj je žao, pronašla drugu u susjednoj sobi i odmah je donijela gore.""",
    "ka": """სტუმარმა დარეკა, რადგან საწოლთან მდგომი ნათურა გაფუჭებული იყო და ორი დღის განმავლობაში არავინ მოსულა.
მან ბოდიში მოიხადა, მეორე ნათურა მეზობელ ოთახში იპოვა და მაშინვე მიუტანა მას.""",
}
BEYOND = "misspelled, or a word to allow in words.txt or words"


def knowing(words: str) -> Speller:
    return frozenset(words.split()).__contains__


def misspelled(*words: tuple[int, str], locale: str = "en") -> list[tuple[int, str]]:
    return [(line, f"{word}: {BEYOND}.{locale}.txt") for line, word in words]


# Language


@pytest.mark.parametrize("locale", TEXTS)
@pytest.mark.parametrize("written", TEXTS)
def test_a_text_in_another_language_than_its_files_name_says_is_named(
    tmp_path: Path, locale: str, written: str
) -> None:
    expected = [] if locale == written else [(FIRST, f"this reads as {written}, not as {locale}")]
    assert faults_of(tmp_path, a_text(TEXTS[written]), locale) == expected


def test_a_few_words_are_too_few_to_tell_their_language(tmp_path: Path) -> None:
    words = TEXTS["hr"].split()
    assert faults_of(tmp_path, a_text(" ".join(words[:19]))) == []
    assert faults_of(tmp_path, a_text(" ".join(words[:20]))) == [(FIRST, "this reads as hr, not as en")]


@pytest.mark.parametrize("text", ["2 17 " * 20, "xqzt brrt " * 20, "Καλημέρα σας " * 20])
@pytest.mark.parametrize("locale", TEXTS)
def test_words_of_no_language_that_is_known_are_not_judged(tmp_path: Path, text: str, locale: str) -> None:
    assert faults_of(tmp_path, a_text(text), locale) == []


def test_a_language_without_a_list_is_not_judged(tmp_path: Path) -> None:
    assert faults_of(tmp_path, a_text(TEXTS["hr"]), "sl") == []


# Quotation marks


@pytest.mark.parametrize(
    ("locale", "own", "foreign"),
    [
        ("en", "“Sorry,” ‘she’ said.", "\"'„«»‹›‟"),
        ("ru", "«Сто „ламп“».", "\"'”‹›‟"),
        ("hr", "„Žao mi je”, »ona« ‘reče’.", "\"'“‹›‟"),
        ("ka", "„ბოდიში“, ‚თქვა‘.", "\"'”«»‹›‟"),
    ],
)
def test_quotation_marks_are_those_of_the_language(tmp_path: Path, locale: str, own: str, foreign: str) -> None:
    assert faults_of(tmp_path, a_text(own, title=own, summary=own), locale) == []
    signs = {"en": "“”‘’", "ru": "«»„“", "hr": "„”»«‘’", "ka": "„“‚‘"}[locale]
    for mark in foreign:
        reason = f"{mark} is no quotation mark of {locale}: {signs}"
        assert faults_of(tmp_path, a_text(f"Text.\n\n{mark}A{mark}"), locale) == [(FIRST + 2, reason)]


def test_quotation_marks_of_titles_and_summaries_are_named_on_their_lines(tmp_path: Path) -> None:
    reason = "» is no quotation mark of en: “”‘’"
    assert faults_of(tmp_path, a_text(title="The »lamp»", summary="»She called")) == [(2, reason), (3, reason)]


@pytest.mark.parametrize(
    "markdown",
    [
        "Don’t, o’clock.",
        'Type `say "it\'s"`.',
        '```\nsay "it\'s"\n```',
        '~~~\nsay "it\'s"\n~~~',
        '<abbr title="What is said">Text</abbr>.',
        '[a](/stories/lamp "What is said")',
        '[a][b]\n\n[b]: /stories/lamp "What is said"',
        "&quot;Text&quot;",
    ],
)
def test_an_apostrophe_code_attributes_and_titles_of_links_have_no_quotation_marks(
    tmp_path: Path, markdown: str
) -> None:
    assert faults_of(tmp_path, a_text(markdown)) == []


def test_a_language_whose_quotation_marks_are_not_known_may_have_any(tmp_path: Path) -> None:
    assert faults_of(tmp_path, a_text("\"'“”„«»‹›‟"), "sl") == []


# Spelling


def test_a_misspelled_word_is_named_with_its_line_wherever_it_stands(tmp_path: Path) -> None:
    table = "a | b\n---|---\na | tabel\n"
    markdown = f"## Haeding\n\na bdoy\n\n{table}\n- lsit *emph* a[^1]\n\n[a lnik](/stories/lamp)\n\n[^1]: Nto a noet"
    text = a_text(markdown, title="Titel", summary="a sumary")
    found = [(2, "Titel"), (3, "sumary"), (6, "Haeding"), (8, "bdoy"), (12, "tabel"), (14, "lsit"), (14, "emph")]
    found += [(16, "lnik"), (18, "Nto"), (18, "noet")]
    assert faults_of(tmp_path, text, knows=knowing("a b")) == sorted(misspelled(*found))
    assert faults_of(tmp_path, text, knows=knowing(f"a b {' '.join(word for _, word in found)}")) == []
    assert faults_of(tmp_path, text) == []


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("first-rate", "first rate"),
        ("кое-как", "кое-как"),
        ("don’t", "don't"),
        ("don't", "don't"),
        ("gu\u00adest", "guest"),
        ("за\u0301мок", "замок"),
        ("вода\u0301", "вода"),
    ],
)
def test_a_word_is_known_whole_or_by_its_parts_without_marks_within(tmp_path: Path, word: str, known: str) -> None:
    text = a_text(f"{word}, 2 {word}.", title=word, summary="")
    assert faults_of(tmp_path, text, "sl", knows=knowing(known)) == []
    shown = word.removesuffix("\u0301")
    missing = misspelled((2, shown), (FIRST, shown), locale="sl")
    assert faults_of(tmp_path, text, "sl", knows=knowing("rate как est")) == missing


@pytest.mark.parametrize(
    "markdown",
    [
        "https://exmaple.com/lmap?q=lmap",
        "a `lmap` a",
        "```lmap\nlmap\n```",
        "[a](/stories/lamp#s-lmap)",
        "[a](https://exmaple.com 'Lmap')",
        "![a](/lmap.png)",
        "a\n\n[exmaple]: https://exmaple.com",
        "<abbr title='Lmap'>a</abbr> <kbd>a</kbd>",
        "a[^lmap]\n\n[^lmap]: a",
        "a&nbsp;a &mdash; 17",
        "<a@exmaple.com>",
    ],
)
def test_what_nobody_reads_as_words_is_not_spelled(tmp_path: Path, markdown: str) -> None:
    text = a_text(markdown, title="a", summary="a")
    assert faults_of(tmp_path, text, knows=knowing("a")) == []  # Nor are `title` and `summary` themselves.


def test_a_page_is_spelled_with_the_words_of_each_of_its_languages(tmp_path: Path) -> None:
    for locale, right, wrong in (
        ("en", "The guest’s lamp.", "lampp"),
        ("ru", "Лампа зажжётся.", "лаампа"),
        ("hr", "Svjetiljka gosta.", "svjetilkja"),
        ("ka", "სახლში კლიენტია.", "კლიეტნი"),
    ):
        knows = speller(locale, ("Acme",), dictionary_folders(None))
        assert faults_of(tmp_path, a_text(right, title="Acme", summary=""), locale, knows=knows) == []
        text = a_text(f"{right}\n{wrong}", title="Acme", summary="")
        assert faults_of(tmp_path, text, locale, knows=knows) == misspelled((FIRST + 1, wrong), locale=locale)


# Whatever text


MARKS = """# ## ### ``` ~~~ [a]( ) ](/stories/lamp) [b]: [^1] [^1]: ](#s- <a href= " ' > < | --- === ` &shy; \u0301 « „
” javascript: https:// лампа ნათურა svjetiljka lamp the je - 1.""".split()
pieces = st.sampled_from([*MARKS, "## Why", "\n", "\n\n", "\t", "    ", "\u2028", "\x0b", "\x85"]) | st.text(max_size=4)
markdowns = st.text() | st.lists(pieces, max_size=80).map("".join) | st.lists(pieces, max_size=80).map(" ".join)
STYLE = HouseStyle(
    ("en", "ka"), {Kind.STORY: KindStyle(3, 9, (Kind.PHRASE,), {"en": (("## Why", "## How"), ("### What",))})}
)


@settings(max_examples=400, deadline=None)
@given(markdowns, st.text(), st.sampled_from(["en", "ru", "hr", "ka", "sl"]))
def test_whatever_a_text_is_its_faults_stand_on_its_lines(markdown: str, title: str, locale: str) -> None:
    text = PageText(title, title, markdown).tidied()
    name = f"{locale}.md"
    page = PageFiles(Kind.STORY, "lamp", {locale: text}, lines={name: {"title": 2, "summary": 3, "markdown": FIRST}})
    knows = speller(locale, ("lamp",), dictionary_folders(None)) if locale == "ka" else knowing("lamp the")
    last = FIRST + text.markdown.count("\n")
    for fault in proofread([page], STYLE, {locale: knows} if knows else {}):
        if fault.path == f"stories/lamp/{name}":
            assert fault.line in {2, 3, *range(FIRST, last + 1)}
        else:
            assert (fault.path.rpartition("/")[2], fault.line) in {("en.md", 1), ("ka.md", 1), ("page.yaml", 1)}
