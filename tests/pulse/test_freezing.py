"""Results are read back as they were frozen."""

import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.pulse.freezing import details_of, freeze, summary_of
from portal.pulse.model import Driver, Result
from portal.pulse.results import Bound, Cell, Change, Comments, Details, Hidden, Summary, Together
from tests.pulse.scenes import an_open_survey

percent = st.integers(-100, 100)
pairs = st.tuples(percent, percent)
changes = st.builds(
    Change, percent, percent, percent, st.booleans(), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 9)
)
cells = st.builds(
    Cell,
    hidden=st.none() | st.sampled_from(Hidden),
    n=st.none() | st.integers(0, 50_000),
    value=st.none() | percent,
    bound=st.none() | st.sampled_from(Bound),
    interval=st.none() | pairs,
    extremes=st.none() | pairs,
    change=st.none() | changes,
    distribution=st.none() | st.lists(st.integers(0, 100), min_size=2, max_size=12).map(tuple),
    count=st.none() | st.lists(st.integers(0, 50_000), min_size=1, max_size=2).map(tuple),
)
texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4).map(tuple)
summaries = st.builds(
    Summary, st.integers(0, 9), st.none() | st.integers(0, 9), st.dictionaries(st.sampled_from(Driver), cells)
)
together = st.builds(Together, st.sampled_from(Driver), st.integers(-100, 100).map(lambda n: n / 100), st.integers(30))
details = st.builds(
    Details,
    questions=st.dictionaries(st.integers(1, 60), cells, max_size=4),
    comments=st.dictionaries(
        st.integers(1, 60),
        st.builds(Comments, st.none(), texts) | st.builds(Comments, st.sampled_from(Hidden)),
        max_size=3,
    ),
    together=st.lists(together, max_size=3).map(tuple),
)


@settings(max_examples=60)
@given(summaries, details)
def test_what_is_frozen_is_read_back_to_the_last_number(summary: Summary, found: Details) -> None:
    row = freeze(1, 0, summary, found)
    kept = Result(
        survey_id=1, unit=0, summary=json.loads(json.dumps(row.summary)), details=json.loads(json.dumps(row.details))
    )
    assert summary_of(kept) == summary
    assert details_of(kept) == found


def test_what_is_not_there_takes_no_room() -> None:
    summary = Summary(9, None, {Driver.PRIDE: Cell(hidden=Hidden.TOO_FEW)})
    row = freeze(4, 2, summary, Details({3: Cell(n=5, value=0, count=(0,))}, {}, ()))
    assert (row.survey_id, row.unit) == (4, 2)
    assert row.summary == {"invited": 9, "drivers": {"pride": {"hidden": "too-few"}}}
    assert row.details == {"questions": {"3": {"n": 5, "value": 0, "count": [0]}}}
    assert freeze(4, 2, Summary(0, 0, {}), Details({}, {}, ())).summary == {"invited": 0, "answered": 0}


def test_a_database_keeps_it_as_it_is(session: Session) -> None:
    survey = an_open_survey(session)
    summary = Summary(12, 7, {Driver.LOAD: Cell(n=7, value=43, interval=(20, 70), extremes=(25, 67), count=(3,))})
    found = Details({1: Cell(n=7, distribution=(0, 57, 43))}, {2: Comments(None, ("Ђ “ქართული” \\ \n🪔",))}, ())
    session.add(freeze(survey.id, 0, summary, found))
    session.flush()
    session.expire_all()
    row = session.get_one(Result, (survey.id, 0))
    assert (summary_of(row), details_of(row)) == (summary, found)
