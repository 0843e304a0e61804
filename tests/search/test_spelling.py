"""What a misspelt word was meant to be, among the words that pages have."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.keys import LANGUAGES, keys, query_keys, script_of, words
from portal.search.spelling import MOST_CORRECTIONS, corrections, in_the_hand_of

from .vocabulary import GUIDANCE, WordsOf, guidance


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("compaints", "complaints"),
        ("unicron", "unicorn"),
        ("lugage", "luggage"),
        ("custommer", "customer"),
        ("Aplogise", "apologise"),
        ("vustomer", "customer"),
        ("ustomer", "customer"),
        ("ccustomer", "customer"),
        ("ucstomer", "customer"),
        ("извенения", "извинения"),
        ("богаж", "багаж"),
        ("жалаба", "жалоба"),
        ("КЛИЕТН", "клиент"),
        ("ispirka", "isprika"),
        ("jednorgo", "jednorog"),
        ("prtlaga", "prtljaga"),
        ("žraulja", "zarulja"),
        ("ბაგრი", "ბარგი"),
        ("უნიკრონი", "უნიკორნი"),
        ("ბოდშის", "ბოდიშს"),
    ],
)
def test_a_slip_is_corrected_to_a_word_that_pages_have(typed: str, meant: str) -> None:
    assert corrections(typed, guidance())[0] == meant


@pytest.mark.parametrize(("typed", "meant"), [("лампачкой", "лампочка"), ("unnicorns", "unicorn")])
def test_a_slip_in_a_form_that_no_page_has_is_corrected_to_one_that_pages_have(typed: str, meant: str) -> None:
    pages = WordsOf([("ru", "лампочка"), ("en", "unicorn")])
    assert corrections(typed, pages) == (meant,)


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("lmap", "lamp"),  # Short words are near too many others.
        ("custimmer", "custody"),
        ("castamer", "customer"),  # Two mistakes in eight letters.
        ("abcdefgh", "customer"),
        ("lamps2", "lamps"),
        ("лампа", "lampa"),
        ("שלומי", "customer"),
        ("customer", "customer"),
        ("", "customer"),
    ],
)
def test_what_is_not_near_enough_is_left_alone(typed: str, there: str) -> None:
    assert corrections(typed, WordsOf([("en", there)])) == ()


def test_nine_letters_may_have_two_mistakes() -> None:
    assert corrections("complaimst", WordsOf([("en", "complaint")])) == ("complaint",)
    assert corrections("appolgize", WordsOf([("en", "apologize")])) == ("apologize",)


@pytest.mark.parametrize(
    ("typed", "pages", "first"),
    [
        ("letetr", ["letter", "leter letere"], "letter"),
        ("parcel", ["parcek", "parnel", "parnel"], "parcek"),  # k is beside l.
        ("bettter", ["bettler", "better"], "better"),
        ("bitaro", ["kitaro", "bitaruo"], "bitaruo"),  # The first letter is seldom wrong.
        ("stiry", ["story", "story"], "story"),
        ("cusstom", ["custom"], "custom"),
    ],
)
def test_the_likeliest_slip_counts(typed: str, pages: Sequence[str], first: str) -> None:
    assert corrections(typed, WordsOf([("", page) for page in pages]))[0] == first


def test_the_more_usual_of_equally_near_words_comes_first_and_few_are_offered() -> None:
    found = corrections("mxster", WordsOf([("", "master mister muster moster"), ("", "muster")]))
    assert found[0] == "muster"
    assert len(found) == MOST_CORRECTIONS


def test_forms_of_one_word_are_no_rivals() -> None:
    pages = WordsOf([("ru", "клиента клиенты клиенту"), ("ru", "клиенты")])
    assert corrections("клиентш", pages) == ("клиенты",)


def test_a_form_of_a_word_that_pages_have_is_no_mistake() -> None:
    assert corrections("клиентами", WordsOf([("ru", "клиентам")])) == ()


def test_easy_slips_alone_make_a_word_that_may_be_right_another() -> None:
    pages = WordsOf([("en", "trial custom winning")])
    assert corrections("trail", pages, easy=True) == ("trial",)
    assert corrections("wining", pages, easy=True) == ("winning",)
    assert corrections("custtm", pages) == ("custom",)
    assert corrections("custtm", pages, easy=True) == ()


def one_slip(word: str, chance: random.Random) -> str:
    """The word with two neighbours swapped, a letter left out or one doubled, never the first."""
    at = chance.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return chance.choice([swapped, word[:at] + word[at + 1 :], word[: at + 1] + word[at:]])


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nine_slips_in_ten_are_seen_through(locale: str) -> None:
    chance = random.Random(6)
    pages = guidance()
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(GUIDANCE.glob(f"stories/*/{locale}.md")))
    own = LANGUAGES[locale].script
    written = sorted({w[0] for w in words(text) if len(w[0]) >= 6 and script_of(w[0].lower()) == own})
    right = asked = 0
    for word in chance.sample(written, 150):
        typed = one_slip(word, chance)
        if pages.frequency(query_keys(typed)):
            continue  # It is another word, or a guess finds it as it stands.
        asked += 1
        right += any(set(query_keys(found)) & set(keys(word, locale)) for found in corrections(typed, pages))
    assert right >= 0.9 * asked
    assert asked > 100


@pytest.mark.parametrize(
    ("typed", "meant", "shown"),
    [
        ("žlaba", "zalba", "žalba"),
        ("zlaba", "zalba", "zalba"),
        ("Prituužba", "prituzba", "Pritužba"),
        ("ŽRAULJA", "zarulja", "ŽARULJA"),
        ("Жалабёнок", "жалобенок", "Жалобёнок"),
        ("Djorje", "dorde", "Dorde"),
        ("women’ss", "womens", "womens"),
        ("ბოდიიში", "ბოდიში", "ბოდიში"),
        ("L", "lamp", "Lamp"),
    ],
)
def test_a_correction_is_shown_with_the_marks_and_capitals_that_were_typed(typed: str, meant: str, shown: str) -> None:
    assert in_the_hand_of(typed, meant) == shown


@settings(max_examples=100, deadline=None)
@given(
    typed=st.text() | st.text(st.sampled_from("custmer жалобы ბოდიში žđ'’ё\u0301\u00ad\x00İß")),
    meant=st.text(max_size=9),
)
def test_no_word_is_too_odd_to_correct(typed: str, meant: str) -> None:
    found = corrections(typed, guidance())
    assert len(found) <= MOST_CORRECTIONS
    assert len(set(found)) == len(found)
    in_the_hand_of(typed, meant)
