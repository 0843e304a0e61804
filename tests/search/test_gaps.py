"""What editors see of what was searched in vain, what they make of it, and whether that is said to have helped."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import knowledge
from portal.core.db import Database
from portal.core.errors import Invalid, NotFound, PortalError, Refused
from portal.core.permissions import Actor, Role
from portal.knowledge import Kind
from portal.knowledge.drafts import discard_draft, save_draft
from portal.people import as_actor
from portal.search import gap_commands, gap_queries
from portal.search.gap_commands import AlreadyDone, SynonymValues
from portal.search.gap_queries import PER_PAGE, Since, TermView, Verdict
from portal.search.model import MOST_SYNONYMS, State, Synonym, Term
from tests.counting import count_queries
from tests.factories import NOW, a_page, a_person
from tests.search.searching import a_term

LATER = NOW + timedelta(days=1)
MONEY_BACK = SynonymValues("refund", "money back")


@pytest.fixture
def editor(session: Session) -> Actor:
    return as_actor(a_person(session, roles=[Role.EDITOR], name="Ana"))


def listed(session: Session, state: State = State.OPEN) -> list[str]:
    return [row.text for row in gap_queries.gaps(session, state, "en").rows]


def seen(session: Session, term: Term) -> TermView:
    session.flush()
    session.refresh(term)
    view = gap_queries.term(session, term.id, "en")
    assert view is not None
    return view


# The list


def test_a_gap_is_what_was_ever_searched_in_vain_or_often_and_never_opened(session: Session) -> None:
    a_term(session, "in vain", searches=9, in_vain=1, opened=8)
    a_term(session, "never opened", searches=3, in_vain=0, opened=0)
    a_term(session, "found", searches=30, in_vain=0, opened=1)
    assert listed(session) == ["never opened", "in vain"]


def test_the_worst_comes_first(session: Session) -> None:
    a_term(session, "seldom", searches=3, in_vain=3)
    a_term(session, "opened each time", searches=50, in_vain=50, opened=50)
    a_term(session, "often", searches=40, in_vain=2)
    a_term(session, "as often and in vain", searches=40, in_vain=40)
    assert listed(session) == ["as often and in vain", "often", "seldom", "opened each time"]


def test_the_list_comes_in_stretches_and_asks_as_much_of_many_as_of_few(
    session: Session, database: Database, editor: Actor
) -> None:
    def asked_for() -> int:
        with database.reading() as reading, count_queries(database.engine) as asked:
            gap_queries.gaps(reading, State.SETTLED, "en")
        return len(asked)

    def settled(number: int) -> None:
        for n in range(number):
            term = a_term(session, f"term {n}")
            gap_commands.settle_with_synonym(session, editor, term.id, SynonymValues(f"s{term.id}", "x"), 1, NOW)
            term.page_id = a_page(session).id
        session.commit()

    settled(1)
    few = asked_for()
    settled(PER_PAGE)
    assert asked_for() == few
    found = gap_queries.gaps(session, State.SETTLED, "en", 2)
    assert (len(found.rows), found.number, found.stretches) == (1, 2, 2)
    assert gap_queries.gaps(session, State.SETTLED, "en", 10**12).number == 2
    assert gap_queries.gaps(session, State.SETTLED, "en", -1).number == 1
    assert found.counts == {State.OPEN: 0, State.SETTLED: PER_PAGE + 1, State.ASIDE: 0}


# What is made of it


def test_a_synonym_settles_it(session: Session, editor: Actor) -> None:
    term = a_term(session, "refund")
    gap_commands.settle_with_synonym(session, editor, term.id, MONEY_BACK, 1, NOW)
    view = seen(session, term)
    assert (view.state, view.how, view.editor, view.settled_at) == ("settled", "synonym", "Ana", NOW)
    assert [one.text for one in view.means] == ["money back"]
    assert view.since == Since(0, 0, 0)
    assert (listed(session), listed(session, State.SETTLED)) == ([], ["refund"])


def test_a_synonym_for_both_directions_is_two(session: Session, editor: Actor) -> None:
    gap_commands.add_synonym(session, editor, SynonymValues(" kick  the bucket ", "die", both_ways=True), NOW)
    found = set(session.execute(select(Synonym.said, Synonym.means)).all())
    assert found == {("kick the bucket", "die"), ("die", "kick the bucket")}


def test_what_people_also_mean_is_a_second_synonym(session: Session, editor: Actor) -> None:
    term = a_term(session, "refund")
    gap_commands.settle_with_synonym(session, editor, term.id, MONEY_BACK, 1, NOW)
    gap_commands.settle_with_synonym(session, editor, term.id, SynonymValues("refund", "return"), 2, LATER)
    assert [one.text for one in seen(session, term).means] == ["money back", "return"]


def test_a_term_whose_last_synonym_is_deleted_is_open_again(session: Session, editor: Actor) -> None:
    term = a_term(session, "refund")
    gap_commands.settle_with_synonym(
        session, editor, term.id, SynonymValues("refund", "money back", both_ways=True), 1, NOW
    )
    first, last = session.scalars(select(Synonym.id).order_by(Synonym.id)).all()
    gap_commands.delete_synonym(session, editor, first)
    assert seen(session, term).state == "settled"
    gap_commands.delete_synonym(session, editor, last)
    assert seen(session, term).state == "open"
    assert listed(session) == ["refund"]


def test_a_synonym_beside_a_page_does_not_take_its_place(session: Session, editor: Actor) -> None:
    term = a_term(session, "refund")
    gap_commands.settle_with_page(session, editor, term.id, Kind.STORY, 1, NOW)
    gap_commands.settle_with_synonym(session, editor, term.id, MONEY_BACK, 2, LATER)
    gap_commands.delete_synonym(session, editor, session.scalars(select(Synonym.id)).one())
    assert (seen(session, term).state, seen(session, term).how) == ("settled", "page")


def test_a_second_page_is_being_written_whatever_became_of_the_first(session: Session, editor: Actor) -> None:
    term = a_term(session, "refund")
    first = gap_commands.settle_with_page(session, editor, term.id, Kind.STORY, 1, NOW)
    gap_commands.page_published(session, first, a_page(session).id, NOW)
    gap_commands.reopen(session, editor, term.id, term.version)
    second = gap_commands.settle_with_page(session, editor, term.id, Kind.STORY, term.version, LATER)
    assert (term.draft_id, term.page_id) == (second, None)


def test_a_page_begins_with_the_words_as_its_title_and_is_told_once_it_is_published(
    session: Session, editor: Actor
) -> None:
    term = a_term(session, "возврат денег", locale="ru")
    draft_id = gap_commands.settle_with_page(session, editor, term.id, Kind.STORY, 1, NOW)
    assert seen(session, term).draft_id == draft_id
    values = knowledge.DraftValues(Kind.STORY, "refund", "ru", "Возврат денег", "", "Как это было.")
    save_draft(session, editor, draft_id, values, 1, NOW)
    page = knowledge.publish_draft(session, editor, draft_id, LATER, on_published=[gap_commands.page_published])
    view = seen(session, term)
    assert view.draft_id is None
    assert view.page is not None
    assert (view.page.page_id, view.page.title, view.page.address) == (page.id, "Возврат денег", "/stories/refund")


def test_a_page_that_was_thrown_away_is_no_page(session: Session, editor: Actor) -> None:
    term = a_term(session)
    draft_id = gap_commands.settle_with_page(session, editor, term.id, Kind.PHRASE, 1, NOW)
    discard_draft(session, editor, draft_id)
    view = seen(session, term)
    assert (view.how, view.draft_id, view.page) == ("page", None, None)


def test_what_is_set_aside_can_be_taken_up_again(session: Session, editor: Actor) -> None:
    term = a_term(session)
    gap_commands.set_aside(session, editor, term.id, 1, NOW)
    assert (listed(session), listed(session, State.ASIDE)) == ([], ["refund"])
    gap_commands.reopen(session, editor, term.id, 2)
    assert (listed(session), listed(session, State.ASIDE)) == (["refund"], [])
    assert seen(session, term).settled_at is None


Attempt = Callable[[Session, Actor, Term], object]
ATTEMPTS: dict[str, Attempt] = {
    "synonym": lambda s, a, t: gap_commands.settle_with_synonym(s, a, t.id, MONEY_BACK, 1, NOW),
    "page": lambda s, a, t: gap_commands.settle_with_page(s, a, t.id, Kind.STORY, 1, NOW),
    "aside": lambda s, a, t: gap_commands.set_aside(s, a, t.id, 1, NOW),
    "reopen": lambda s, a, t: gap_commands.reopen(s, a, t.id, 1),
    "add": lambda s, a, _: gap_commands.add_synonym(s, a, MONEY_BACK, NOW),
    "delete": lambda s, a, _: gap_commands.delete_synonym(s, a, 1),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_only_editors_may(session: Session, attempt: Attempt) -> None:
    term = a_term(session)
    for role in (Role.EMPLOYEE, Role.HR, Role.ADMIN):
        with pytest.raises(Refused):
            attempt(session, as_actor(a_person(session, roles=[role])), term)


@pytest.mark.parametrize("second", ["synonym", "page", "aside"])
@pytest.mark.parametrize("first", ["synonym", "page", "aside"])
def test_two_editors_do_not_deal_with_it_at_once(session: Session, editor: Actor, first: str, second: str) -> None:
    term = a_term(session)
    ATTEMPTS[first](session, editor, term)
    with pytest.raises(AlreadyDone):
        ATTEMPTS[second](session, editor, term)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s, a: gap_commands.set_aside(s, a, 99, 1, NOW),
        lambda s, a: gap_commands.reopen(s, a, 99, 1),
        lambda s, a: gap_commands.delete_synonym(s, a, 99),
        lambda s, a: gap_commands.settle_with_page(s, a, 99, Kind.STORY, 1, NOW),
    ],
)
def test_what_is_not_there_is_not_found(
    session: Session, editor: Actor, attempt: Callable[[Session, Actor], object]
) -> None:
    with pytest.raises(NotFound):
        attempt(session, editor)


@pytest.mark.parametrize(
    ("said", "means", "field"),
    [
        ("", "money back", "said"),
        ("…!", "money back", "said"),
        ("refund", " ", "means"),
        ("one two three four five six seven", "x", "said"),
        ("refund", "a b c d e f g", "means"),
        ("refund", "w" * 101, "means"),
        ("refund", "Refund", "means"),
        ("the refund", "refunds", "means"),
        ("возврат денег", "возврата деньги", "means"),
        ("kick  the BUCKET", "DIE", "means"),
        ("ЖАЛОБА", "отзыв", "means"),
    ],
)
def test_a_synonym_that_is_none_is_refused(session: Session, editor: Actor, said: str, means: str, field: str) -> None:
    gap_commands.add_synonym(session, editor, SynonymValues("kick the bucket", "die"), NOW)
    gap_commands.add_synonym(session, editor, SynonymValues("жалоба", "Отзыв"), NOW)
    with pytest.raises(Invalid) as refused:
        gap_commands.add_synonym(session, editor, SynonymValues(said, means), NOW)
    assert list(refused.value.fields) == [field]


def test_there_is_an_end_to_synonyms(session: Session, editor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_SYNONYMS == 5_000
    monkeypatch.setattr(gap_commands, "MOST_SYNONYMS", 2)
    gap_commands.add_synonym(session, editor, SynonymValues("one", "two"), NOW)
    with pytest.raises(Invalid):
        gap_commands.add_synonym(session, editor, SynonymValues("three", "four", both_ways=True), NOW)
    gap_commands.add_synonym(session, editor, SynonymValues("three", "four"), NOW)


def test_what_is_refused_changes_nothing(session: Session, editor: Actor) -> None:
    term = a_term(session)
    with pytest.raises(PortalError):
        gap_commands.settle_with_synonym(session, editor, term.id, SynonymValues("refund", "refunds"), 1, NOW)
    assert seen(session, term).state == "open"
    assert session.scalars(select(Synonym)).all() == []


# Whether it helped


@pytest.mark.parametrize(
    ("searches", "in_vain", "opened", "verdict"),
    [
        (0, 0, 0, Verdict.UNKNOWN),
        (12, 1, 9, Verdict.HELPED),
        (2, 0, 1, Verdict.HELPED),
        (4, 4, 0, Verdict.IN_VAIN),
        (4, 2, 1, Verdict.IN_VAIN),
        (4, 1, 1, Verdict.FOUND),
    ],
)
def test_what_was_counted_since_says_whether_it_helped(
    session: Session, editor: Actor, searches: int, in_vain: int, opened: int, verdict: Verdict
) -> None:
    term = a_term(session, searches=7, in_vain=6, opened=1)
    gap_commands.settle_with_synonym(session, editor, term.id, MONEY_BACK, 1, NOW)
    term.searches += searches
    term.in_vain += in_vain
    term.opened += opened
    view = seen(session, term)
    assert view.since == Since(searches, in_vain, opened)
    assert view.since.verdict == verdict


def test_each_side_of_a_synonym_is_in_its_own_language(session: Session, editor: Actor) -> None:
    gap_commands.add_synonym(session, editor, SynonymValues("возврат денег", "თანხის დაბრუნება"), NOW)
    (row,) = gap_queries.synonyms(session, "en").rows
    assert (row.said.locale, row.means.locale, row.editor) == ("ru", "ka", "Ana")
