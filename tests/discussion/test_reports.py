"""Reports: once a person and subject, gathered for editors, settled by them alone."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused, TooMany
from portal.core.permissions import NOBODY, Actor, Role
from portal.discussion import (
    COMMENT,
    Outcome,
    Subject,
    delete_comment,
    open_report_count,
    open_reports,
    report,
    settle,
)
from portal.discussion.queries import REASONS
from portal.discussion.reporting import REPORTS_AN_HOUR
from tests.discussion.said import WIN, a_comment, an_actor
from tests.factories import NOW

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def ana(session: Session) -> Actor:
    return an_actor(session, name="Ana Jurić")


@pytest.fixture
def editor(session: Session) -> Actor:
    return an_actor(session, Role.EDITOR)


def test_reports_of_one_thing_are_gathered_with_who_says_why(session: Session, ana: Actor) -> None:
    ivo, other = an_actor(session, name="Ivo"), Subject("win", 3)
    assert report(session, ivo, other, "Private", NOW)
    assert report(session, ana, WIN, " Rude\0 ", LATER)
    assert report(session, ivo, WIN, "Not true", LATER)
    first, second = open_reports(session)
    assert (first.subject, first.count, first.first_at) == (other, 1, NOW)
    assert (second.subject, second.count, second.first_at) == (WIN, 2, LATER)
    assert [(one.reporter, one.text, one.at) for one in second.reasons] == [
        ("Ana Jurić", "Rude", LATER),
        ("Ivo", "Not true", LATER),
    ]
    assert open_report_count(session) == 2


def test_reporting_again_gives_another_reason_and_no_other_report(session: Session, ana: Actor) -> None:
    assert report(session, ana, WIN, "Rude", NOW)
    assert not report(session, ana, WIN, "And untrue", LATER)
    (one,) = open_reports(session)
    assert (one.count, one.reasons[0].text, one.first_at) == (1, "And untrue", NOW)


def test_what_was_settled_is_open_again_when_it_is_reported_again(session: Session, ana: Actor, editor: Actor) -> None:
    report(session, ana, WIN, "Rude", NOW)
    assert settle(session, editor, WIN, Outcome.KEPT, NOW) == 1
    assert (open_reports(session), open_report_count(session)) == ((), 0)
    assert settle(session, editor, WIN, Outcome.KEPT, NOW) == 0
    assert report(session, ana, WIN, "Now it is worse", LATER)
    assert [one.first_at for one in open_reports(session)] == [LATER]


def test_only_editors_settle(session: Session, ana: Actor) -> None:
    report(session, ana, WIN, "Rude", NOW)
    for who in (ana, NOBODY, an_actor(session, Role.ADMIN)):
        with pytest.raises(Refused):
            settle(session, who, WIN, Outcome.KEPT, NOW)
    assert open_report_count(session) == 1


def test_nobody_reports_their_own_things(session: Session, ana: Actor, editor: Actor) -> None:
    own = Subject(COMMENT, a_comment(session, ana))
    with pytest.raises(Refused):
        report(session, ana, own, "Oh", NOW)
    with pytest.raises(Refused):
        report(session, ana, own, "Oh", NOW, author_id=editor.id)
    with pytest.raises(Refused):
        report(session, ana, WIN, "Oh", NOW, author_id=ana.id)
    with pytest.raises(Refused):
        report(session, NOBODY, WIN, "Oh", NOW)
    assert report(session, editor, own, "Oh", NOW)


def test_a_comment_that_is_not_there_cannot_be_reported_and_a_deleted_one_waits_for_nobody(
    session: Session, ana: Actor, editor: Actor
) -> None:
    number = a_comment(session, ana)
    report(session, editor, Subject(COMMENT, number), "Oh", NOW)
    delete_comment(session, ana, number, NOW)
    assert open_report_count(session) == 0
    for missing in (number, 0, 10**30):
        with pytest.raises(NotFound):
            report(session, editor, Subject(COMMENT, missing), "Oh", NOW)


@pytest.mark.parametrize("reason", ["", " \u200b ", "a" * 501])
def test_a_report_says_why_in_few_words(session: Session, ana: Actor, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        report(session, ana, WIN, reason, NOW)
    assert set(refused.value.fields) == {"reason"}


def test_twenty_reports_an_hour_are_enough(session: Session, ana: Actor) -> None:
    for number in range(REPORTS_AN_HOUR):
        report(session, ana, Subject("win", number + 1), "Rude", NOW)
    with pytest.raises(TooMany) as refused:
        report(session, ana, Subject("win", 99), "Rude", NOW + timedelta(minutes=59))
    assert refused.value.retry_after == 3600
    assert not report(session, ana, Subject("win", 1), "Still", NOW), "the same report does not count twice"
    assert report(session, ana, Subject("win", 99), "Rude", NOW + timedelta(hours=1))


def test_the_queue_goes_on_where_it_stopped_and_shows_the_newest_reasons(session: Session, ana: Actor) -> None:
    for number in range(5):
        report(session, ana, Subject("win", number + 1), "Rude", NOW)
    for number in range(REASONS + 1):
        report(session, an_actor(session), Subject("win", 1), f"Reason {number}", NOW)
    first = open_reports(session, 2)
    rest = open_reports(session, 9, first[-1].key)
    assert [one.subject.id for one in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert first[0].count == REASONS + 2
    assert [one.text for one in first[0].reasons] == [f"Reason {number}" for number in range(1, REASONS + 1)]
