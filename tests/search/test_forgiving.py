"""What is searched instead of a query that was mistyped, run together or typed on another layout; and what never is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.asked import Asked, Read, Reason, Wanted, Way
from portal.search.forgiving import MOST_MENDED, Reread, reread
from portal.search.keys import query_keys
from portal.search.query import parse

from .vocabulary import WordsOf, guidance


def read_again(text: str, pages: WordsOf | None = None, locale: str = "en") -> Reread | None:
    return reread(parse(text, locale), pages or guidance())


def told(found: Reread | None) -> tuple[str, str] | None:
    return (found.text, found.why) if found else None


def reads(found: Reread | None) -> list[list[tuple[str, Read]]]:
    assert found
    return [[(way.text, way.read) for way in one.ways] for one in found.asked.wanted]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("lost lugage", "lost luggage"),
        ("the custommer", "the customer"),
        ("broken guittar?", "broken guitar?"),
        ("потерянный богаж", "потерянный багаж"),
        ("КЛИЕТН не прав", "КЛИЕНТ не прав"),
        ("izgubljena prtlaga", "izgubljena prtljaga"),
        ("Žraulja u hotelu", "Žarulja u hotelu"),
        ("დაკარგული ბაგრი", "დაკარგული ბარგი"),
    ],
)
def test_a_mistyped_word_is_corrected_and_the_rest_of_the_query_kept(typed: str, text: str) -> None:
    assert told(read_again(typed)) == (text, Reason.TYPO)


def test_a_correction_is_a_further_way_to_have_the_word() -> None:
    found = read_again("lost lugage")
    assert reads(found) == [[("lost", Read.AS_TYPED)], [("lugage", Read.AS_TYPED), ("luggage", Read.CORRECTED)]]


def test_what_pages_have_by_a_guess_is_searched_beside_what_an_easy_slip_would_make_it_and_nothing_else() -> None:
    guessed = ("ru", "бляконом")
    assert told(read_again("бляконами", WordsOf([("ru", "бляхконами")]))) == ("бляхконами", Reason.TYPO)
    assert read_again("бляконами", WordsOf([("ru", "бляхконами"), guessed])) is None
    found = read_again("бляконами", WordsOf([("ru", "блкяонами"), guessed]))
    assert reads(found) == [[("бляконами", Read.AS_TYPED), ("блкяонами", Read.CORRECTED)]]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("hotellamp", "hotel lamp"),
        ("a luggagetag", None),
        ("немогу помочь", "не могу помочь"),
        ("клиентбанка", "клиент банка"),
        ("neznam gdje", "ne znam gdje"),
        ("hotelskasoba", "hotelska soba"),
        ("სასტუმროსმენეჯერი", "სასტუმროს მენეჯერი"),
    ],
)
def test_words_run_together_are_taken_apart(typed: str, text: str | None) -> None:
    found = read_again(typed)
    assert told(found) == ((text, Reason.JOINED) if text else None)


def test_of_several_ways_to_take_a_word_apart_the_usual_words_count() -> None:
    pages = WordsOf([("", "blue bluebird house"), ("", "blue bluebird house"), ("", "blue birdhouse")])
    assert told(read_again("bluebirdhouse", pages)) == ("bluebird house", Reason.JOINED)


def test_only_words_that_somebody_may_have_typed_are_taken_apart() -> None:
    pages = WordsOf([("", "qkqkqkqkqkqkqkq zkzkzkzkzkzkzkz zkzkzkzkzkzkzkzk")])
    assert told(read_again("qkqkqkqkqkqkqkqzkzkzkzkzkzkzkz", pages))
    assert read_again("qkqkqkqkqkqkqkqzkzkzkzkzkzkzkzk", pages) is None


def test_a_word_with_one_mistake_is_corrected_rather_than_taken_apart_and_with_two_taken_apart() -> None:
    assert told(read_again("zorklifts", WordsOf([("", "zor klifts"), ("", "zorcklifts")]))) == ("zorcklifts", "typo")
    assert told(read_again("zorklifts", WordsOf([("", "zor klifts"), ("", "zoraklafts")]))) == ("zor klifts", "joined")


@pytest.mark.parametrize(
    ("typed", "there", "text"),
    [
        ("web site", "website", "website"),
        ("our web-site, please", "website please", "our website, please"),
        ("E-mail", "email", "Email"),
        ("чек-лист", "чеклист", "чеклист"),
        ("na zalost", "nažalost", "nazalost"),
        ("ვებ გვერდი", "ვებგვერდი", "ვებგვერდი"),
    ],
)
def test_words_that_pages_write_as_one_are_joined(typed: str, there: str, text: str) -> None:
    assert told(read_again(typed, WordsOf([("", there)]))) == (text, Reason.JOINED)


def test_joined_words_are_one_thing_wanted_had_either_way() -> None:
    found = read_again("web site", WordsOf([("en", "website"), ("en", "site")]))
    assert reads(found) == [[("web site", Read.AS_TYPED), ("website", Read.JOINED)]]


def test_words_that_pages_have_apart_stay_apart() -> None:
    assert read_again("web site", WordsOf([("en", "website web site")])) is None
    assert read_again("web, site", WordsOf([("en", "website")])) is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("rkbtyn yt ghfd", "клиент не прав"),
        ("ufpf;", None),
        ("Gjnthzyysq ,fuf;", "Потерянный багаж"),
        ("'nj gjcnfdobr", "это поставщик"),
        ("bodiSi", "ბოდიში"),
        ("sastumros naTura", "სასტუმროს ნათურა"),
        ("ищвшЫш", "ბოდიში"),
        ("дщые дгппфпу", "lost luggage"),
        ("ჰოტელ გუესტ", "hotel guest"),
        ("ლლლლ", None),
        ("yt", None),  # «не», but so few letters make a word by chance.
        ("yapamtio", "zapamtio"),
    ],
)
def test_a_query_on_another_keyboard_layout_is_read_as_it_was_meant(typed: str, text: str | None) -> None:
    found = read_again(typed)
    assert told(found) == ((text, Reason.LAYOUT) if text else None)
    assert not found or found.asked == parse(found.text, "")


@pytest.mark.parametrize(("typed", "text"), [("bodishi", "ბოდიში"), ("Chveni shecdoma -x", "ჩვენი შეცდომა -x")])
def test_georgian_that_is_written_in_latin_letters_is_read(typed: str, text: str) -> None:
    assert told(read_again(typed)) == (text, Reason.LETTERS)


def test_what_is_quoted_excluded_or_narrows_keeps_its_layout() -> None:
    assert told(read_again("rkbtyn kind:story -ghfd")) == ("клиент kind:story -ghfd", Reason.LAYOUT)


def test_another_layout_is_tried_only_when_no_word_is_found_and_nearly_all_then_are() -> None:
    assert read_again("hotel rkbtyn") is None
    assert read_again("kotd rkbtyn") is None  # Half of it makes sense.
    pages = WordsOf([("ru", "клиент сказал менеджеру")])
    assert told(read_again("rkbtyn crfpfk vtytl;the ghjlfk", pages)) == (
        "клиент сказал менеджеру продал",
        Reason.LAYOUT,
    )


def test_typos_that_can_all_be_mended_come_before_another_layout_that_fits_less_well() -> None:
    letters = "rkbtyn crfpfk vtytl;the ghjlfk"
    fitting = [("ru", "клиент сказал менеджеру")]
    some = WordsOf([*fitting, ("", "rkbtynn crfpfkk vtytll")])
    assert told(read_again(letters, some)) == ("клиент сказал менеджеру продал", Reason.LAYOUT)
    every = WordsOf([*fitting, ("", "rkbtynn crfpfkk vtytll ghjlfkk")])
    assert told(read_again(letters, every)) == ("rkbtynn crfpfkk vtytll;the ghjlfkk", Reason.TYPO)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lost luggage",
        '"lost lugage"',
        "lost -lugage",
        'hotel -"lost lugage"',
        "teh lamp",
        "lamps",
        "клиентами",
        "שלום עולם",
        "lamp 2024abc",
        "xqzxqzxqz wvkwvkwvk",
        "the",
    ],
)
def test_what_is_right_or_quoted_or_beyond_help_is_taken_as_it_stands(typed: str) -> None:
    assert read_again(typed) is None


@pytest.mark.parametrize(
    ("plain", "marked", "locale"),
    [("zarulja", "žarulja", "hr"), ("gosca", "gošća", "hr"), ("jos", "još", "hr"), ("полет", "полёт", "ru")],
)
def test_words_without_their_marks_need_no_rereading(plain: str, marked: str, locale: str) -> None:
    pages = WordsOf([(locale, marked)])
    assert read_again(plain, pages) is None
    assert pages.found(parse(plain, locale)) == {0}


def test_what_an_editor_gave_a_synonym_is_known_and_not_corrected() -> None:
    asked = parse("lugage", "en")
    (one,) = asked.wanted
    widened = Wanted(one.text, (*one.ways, Way("suitcase", (query_keys("suitcase"),), Read.SYNONYM)))
    assert reread(Asked(asked.text, (widened,)), guidance()) is None


def test_only_so_many_words_are_mended() -> None:
    typed = " ".join(f"lugga{letter}e" for letter in "bcdfhjklmn")
    found = read_again(typed)
    assert found
    assert sum(len(one.ways) > 1 for one in found.asked.wanted) == MOST_MENDED


def test_a_word_that_stands_there_twice_is_corrected_twice() -> None:
    assert told(read_again("Lugage and lugage")) == ("Luggage and luggage", Reason.TYPO)


WORDS = (
    "lugage lost the hotellamp web site custommer -lamp \"lugage lamp\" kind:story e-mail rkbtyn ,fuf; богаж немогу "
    "клиент ищвшЫш ბაგრი ბოდიში prtlaga žraulja neznam 12 ; [ ' \x00 ?"
).split(" ")  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(max_size=40))
def test_all_that_is_found_as_typed_is_found_still_and_what_was_reread_is_not_reread(text: str) -> None:
    asked, pages = parse(text, "en"), guidance()
    found = reread(asked, pages)
    if found is None:
        return
    assert pages.found(asked) <= pages.found(found.asked)
    assert reread(found.asked, pages) is None
    assert found.text != asked.text
    if found.why not in {Reason.LAYOUT, Reason.LETTERS}:
        assert all(one.ways[0].read is Read.AS_TYPED for one in found.asked.wanted)
        assert (found.asked.without, found.asked.kinds) == (asked.without, asked.kinds)
