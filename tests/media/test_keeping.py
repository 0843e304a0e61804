"""Pictures in the database: added within limits, listed, held, forgotten."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import media
from portal.core.db import Database
from portal.core.errors import Refused
from portal.core.permissions import NOBODY, Actor, Can, Role
from portal.knowledge.model import PagePicture
from portal.media import Size
from portal.media.commands import MOST, WITHIN
from portal.media.model import Picture, PictureData
from portal.people import as_actor
from tests.counting import count_queries
from tests.factories import a_page, a_person
from tests.media.pictures import a_file

MADE = media.encode(a_file("PNG", 600, 400))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def actor(session: Session) -> Actor:
    return as_actor(a_person(session))


def some(session: Session, actor: Actor, now: datetime, count: int = 1) -> list[int]:
    return [media.add_picture(session, actor, MADE, now).id for _ in range(count)]


@pytest.mark.parametrize("data", [MADE, a_file("PNG", 600, 400)], ids=["encoded", "as uploaded"])
def test_a_picture_is_kept_in_both_sizes(session: Session, actor: Actor, now: datetime, data: bytes) -> None:
    added = media.add_picture(session, actor, data, now)
    assert media.picture(session, added.id) == media.PictureRow(added.id, actor.id or 0, 600, 400, now)
    assert media.data(session, added.id, Size.FULL) == MADE.full
    assert media.data(session, added.id, Size.SMALL) == MADE.small
    assert media.views(session, [added.id, 2**31 - 1]) == {
        added.id: media.PictureView(added.id, 600, 400, f"/pictures/{added.id}", f"/pictures/{added.id}/small")
    }


def test_what_is_not_there_is_nothing(session: Session) -> None:
    assert media.picture(session, 2**31 - 1) is None
    assert media.data(session, 2**31 - 1, Size.FULL) is None
    assert media.views(session, []) == {}
    media.remove(session, [2**31 - 1])


def test_pictures_of_a_list_are_read_in_one_query_and_without_their_bytes(
    session: Session, actor: Actor, now: datetime, database: Database
) -> None:
    ids = some(session, actor, now, 30)
    with count_queries(database.engine) as queries:
        assert list(media.views(session, ids)) == ids
    assert len(queries) == 1
    assert "picture_data" not in queries[0]


def test_nobody_adds_pictures_without_the_right_to_share_or_to_edit(session: Session, now: datetime) -> None:
    person = as_actor(a_person(session))
    for grants, may in [({Can.SHARE_WINS}, True), ({Can.EDIT_KNOWLEDGE}, True), (set(Can) - {*_ADDING}, False)]:
        actor = Actor(person.id, "", "", None, frozenset(grants))
        if may:
            media.add_picture(session, actor, MADE, now)
            continue
        with pytest.raises(Refused):
            media.add_picture(session, actor, MADE, now)
    with pytest.raises(Refused):
        media.check_may_add(session, NOBODY, now)


_ADDING = (Can.SHARE_WINS, Can.EDIT_KNOWLEDGE)


def test_a_file_that_is_no_picture_leaves_nothing(session: Session, actor: Actor, now: datetime) -> None:
    with pytest.raises(media.Unusable):
        media.add_picture(session, actor, b"<html>", now)
    assert session.scalar(select(func.count()).select_from(Picture).where(Picture.owner_id == actor.id)) == 0


def test_a_person_adds_so_many_pictures_an_hour_and_others_are_not_held_up(
    session: Session, actor: Actor, now: datetime
) -> None:
    some(session, actor, now, 1)
    some(session, actor, now + MINUTE, MOST - 1)
    later = now + 10 * MINUTE
    with pytest.raises(media.TooManyPictures) as refused:
        media.add_picture(session, actor, b"not even looked at", later)
    assert refused.value.retry_after == 50 * 60 + 1
    some(session, as_actor(a_person(session)), later)
    some(session, actor, now + WITHIN)  # The first one is an hour old, and no more than that one.
    with pytest.raises(media.TooManyPictures):
        media.check_may_add(session, actor, now + WITHIN)
    media.check_may_add(session, actor, now + MINUTE + WITHIN)


def test_removing_takes_the_bytes_too_and_nothing_else(session: Session, actor: Actor, now: datetime) -> None:
    first, second, third = some(session, actor, now, 3)
    media.remove(session, (number for number in (first, third, first, 2**31 - 1)))
    assert list(media.views(session, [first, second, third])) == [second]
    left = session.scalars(select(PictureData.picture_id).where(PictureData.picture_id.in_([first, second, third])))
    assert set(left) == {second}


def test_many_pictures_are_removed_at_once(session: Session, actor: Actor, now: datetime) -> None:
    session.add_all(Picture(owner_id=actor.id, width=1, height=1, created_at=now) for _ in range(1_200))
    session.flush()
    ids = list(session.scalars(select(Picture.id).where(Picture.owner_id == actor.id)))
    assert len(ids) == 1_200
    media.remove(session, ids)
    assert session.scalars(select(Picture.id).where(Picture.owner_id == actor.id)).all() == []


def test_a_picture_that_something_shows_cannot_be_removed(session: Session, actor: Actor, now: datetime) -> None:
    (number,) = some(session, actor, now)
    session.add(PagePicture(page_id=a_page(session).id, picture_id=number))
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        media.remove(session, [number])
    assert media.picture(session, number)


def test_the_number_of_a_picture_that_is_gone_is_never_used_again(
    session: Session, actor: Actor, now: datetime
) -> None:
    # A browser may show the old one under it, and a draft may take it for its own.
    (gone,) = some(session, actor, now)
    media.remove(session, [gone])
    assert some(session, actor, now)[0] > gone


def test_owned_tells_ones_own_pictures_from_others(session: Session, actor: Actor, now: datetime) -> None:
    own, other = some(session, actor, now, 2), some(session, as_actor(a_person(session)), now)
    assert media.owned(session, actor, [*own, *other, 2**31 - 1]) == set(own)
    assert media.owned(session, NOBODY, [*own, *other]) == set()


def test_what_is_to_be_shown_must_still_be_there(session: Session, actor: Actor, now: datetime) -> None:
    first, second = some(session, actor, now, 2)
    media.keep(session, [second, first])
    media.keep(session, [])
    media.remove(session, [first])
    with pytest.raises(media.PictureGone):
        media.keep(session, [first, second])


def test_a_picture_that_is_held_outlives_the_transaction_that_holds_it(own_database: Database, now: datetime) -> None:
    with own_database.transaction() as session:
        actor = as_actor(a_person(session, roles=[Role.EDITOR]))
        page, (number,) = a_page(session).id, some(session, actor, now)
    with own_database.transaction() as showing:
        media.keep(showing, [number])
        if own_database.engine.dialect.name == "postgresql":  # On SQLite nobody else writes at all meanwhile.
            with own_database.reading() as other:
                locked = select(Picture.id).where(Picture.id == number).with_for_update(skip_locked=True)
                other.connection(execution_options={"postgresql_readonly": False})
                assert list(other.scalars(locked)) == []
        showing.add(PagePicture(page_id=page, picture_id=number))
    with pytest.raises(IntegrityError), own_database.transaction() as forgetting:
        media.remove(forgetting, [number])


def test_lists_of_old_and_of_a_persons_pictures_have_their_index(database: Database) -> None:
    indexes = {tuple(index["column_names"]) for index in inspect(database.engine).get_indexes("picture")}
    assert {("owner_id",), ("created_at",)} <= indexes


def test_pictures_that_nobody_kept_are_forgotten_when_they_are_old(
    session: Session, actor: Actor, now: datetime
) -> None:
    kept, unused, young = *some(session, actor, now - MINUTE, 2), *some(session, actor, now)
    media.keep(session, [kept])
    session.add(PagePicture(page_id=a_page(session).id, picture_id=kept))
    session.flush()
    assert media.forget_unused(session, now) == 1
    assert media.forget_unused(session, now) == 0
    assert set(media.views(session, [kept, unused, young])) == {kept, young}
