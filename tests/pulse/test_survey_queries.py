"""Which surveys somebody is told of, how far each is and how much it asks; and which a digest tells of."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.permissions import SYSTEM, Actor
from portal.home.digest import Audience, Edition, open_surveys
from portal.notices import Week
from portal.people import as_actor
from portal.people.model import Team
from portal.pulse import asked, survey_queries
from portal.pulse.model import Invitation, Kind, SurveyUnit, Turnout
from portal.pulse.survey_queries import Size, Standing, size_of
from tests.factories import a_person
from tests.pulse.counted_surveys import CARE, SHOPS, head_of
from tests.pulse.present import called, ended, running
from tests.pulse.scenes import DAY, a_company, an_open_survey

HOUR = timedelta(hours=1)


@pytest.fixture
def reader(session: Session) -> Actor:
    """Somebody who is here when surveys open."""
    return as_actor(a_person(session))


def test_what_asks_me_stands_first_and_the_soonest_to_close_before_all(session: Session, reader: Actor) -> None:
    late, soon = running(session, texts=called("Late")), running(session, closes_at=clock.now() + HOUR)
    past = [ended(session, days, published_at=clock.now()) for days in (9, 2, 5)]
    found = survey_queries.listing(session, reader, "en", clock.now())
    assert [line.id for line in found.open] == [soon.id, late.id]
    assert [line.id for line in found.past] == [past[1].id, past[2].id, past[0].id]
    assert {line.standing for line in found.past} == {Standing.PUBLISHED}


def test_who_came_later_is_not_asked_and_learns_of_published_results_alone(session: Session) -> None:
    running(session)
    ended(session)
    told = ended(session, published_at=clock.now())
    ended(session, published_at=clock.now(), audience=[1], texts=called("Closing the Split office"))
    newcomer = as_actor(a_person(session))
    found = survey_queries.listing(session, newcomer, "en", clock.now())
    assert [line.id for line in found.open + found.past] == [told.id]


def test_who_came_to_lead_a_team_later_finds_the_results_that_are_theirs_to_read(session: Session) -> None:
    a_company(session, {SHOPS: 5, CARE: 5})
    team = session.scalars(select(Team.id).where(Team.name == CARE[-1])).one()
    told = ended(session, published_at=clock.now(), audience=[team])
    ended(session, audience=[team])
    session.execute(delete(SurveyUnit).where(SurveyUnit.team_id != team))  # As of a survey that asked Care alone.
    care, shops = head_of(session, CARE), head_of(session, SHOPS)
    assert [line.id for line in survey_queries.listing(session, care, "en", clock.now()).past] == [told.id]
    assert survey_queries.listing(session, shops, "en", clock.now()).past == ()


def test_a_survey_is_over_when_its_time_is_even_before_anybody_has_closed_it(session: Session, reader: Actor) -> None:
    survey = an_open_survey(session)
    assert survey.closes_at is not None
    for late, standing in ((-1, Standing.OPEN), (0, Standing.COUNTING)):
        at = survey.closes_at + late * timedelta(seconds=1)
        view = survey_queries.survey(session, reader, survey.id, "en", at)
        assert view is not None
        assert view.line.standing is standing
    assert survey_queries.open_for(session, reader, "en", survey.closes_at) == ()


def test_a_title_is_read_in_ones_own_language_or_says_in_which_it_is(session: Session, reader: Actor) -> None:
    running(session)
    running(session, texts=called("Пульс", "ru"))
    (ours, theirs) = survey_queries.open_for(session, reader, "hr", clock.now())
    assert (ours.locale, ours.title) == ("hr", "Proljetni puls")
    assert (theirs.locale, theirs.title) == ("ru", "Пульс")


@pytest.mark.parametrize(
    ("questions", "size"),
    [
        ([(0, Kind.AGREE)] * 5, Size(5, 2, in_words=False)),
        ([(0, Kind.AGREE)] * 4 + [(0, Kind.TEXT)], Size(5, 2, in_words=True)),
        ([(0, Kind.AGREE), (1, Kind.AGREE), (1, Kind.SCALE), (2, Kind.TEXT)], Size(3, 1, in_words=True)),
        ([(0, Kind.AGREE)] * 24, Size(24, 6, in_words=False)),
        ([], Size(0, 1, in_words=False)),
    ],
)
def test_how_much_is_asked_of_one_person_is_told_honestly(questions: list[tuple[int, Kind]], size: Size) -> None:
    assert size_of(questions) == size


def test_nobody_at_a_command_line_is_asked_anything(session: Session) -> None:
    running(session)
    assert survey_queries.open_for(session, SYSTEM, "en", clock.now()) == ()


def test_a_digest_asks_whom_the_survey_asks_and_does_not_know_who_has_answered(
    session: Session, reader: Actor, app: Flask, now: datetime
) -> None:
    newcomer, outsider = (as_actor(a_person(session)) for _ in range(2))
    survey = an_open_survey(session, texts=called("The spring pulse"))
    session.execute(delete(Invitation).where(Invitation.person_id == outsider.id))
    session.add(Turnout(survey_id=survey.id, person_id=reader.id))
    session.flush()
    assert reader.id
    assert newcomer.id
    assert outsider.id
    found = asked(session, [reader.id, newcomer.id, outsider.id], now)
    assert found == {reader.id: {survey.id}, newcomer.id: {survey.id}}
    assert asked(session, [reader.id], survey.closes_at or now) == {}
    with app.test_request_context():
        edition = Edition(session, Week(now.date(), now - 7 * DAY, now))
        section = open_surveys(edition, Audience("en", None, reader.grants, found[reader.id]))
        assert section is not None
        assert [(line.text, line.address) for line in section.lines] == [("The spring pulse", f"/surveys/{survey.id}")]
        assert open_surveys(edition, Audience("en", None, outsider.grants)) is None
        assert open_surveys(edition, Audience("en", None, frozenset(), found[reader.id])) is None
