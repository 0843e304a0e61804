"""Comments: written, answered, changed, deleted; who may, how many, and what is kept."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused, TooMany
from portal.core.permissions import NOBODY, SYSTEM, Actor, Role
from portal.discussion import (
    Added,
    Cheer,
    CommentConflict,
    Subject,
    add_comment,
    delete_comment,
    edit_comment,
    react,
    report,
    thread,
)
from portal.discussion import comment as read
from portal.discussion.commands import COMMENTS_A_WINDOW, WINDOW
from portal.discussion.model import COMMENT, Comment, Mention, Reaction, Report
from portal.people.model import Person
from tests.discussion.said import WIN, a_comment, an_actor
from tests.factories import NOW


@pytest.fixture
def ana(session: Session) -> Actor:
    return an_actor(session, name="Ana Jurić", email="ana.juric@example.com")


@pytest.fixture
def ivo(session: Session) -> Actor:
    return an_actor(session, name="Иво Петров", email="ivo@example.com")


LATER = NOW + timedelta(hours=1)


# Writing


def test_a_comment_tells_whom_it_names_but_not_its_author(session: Session, ana: Actor, ivo: Actor) -> None:
    added = add_comment(session, ana, WIN, "@Иво Петров @ana.juric@example.com @ivo@example.com, see", None, NOW)
    assert added == Added(added.comment_id, frozenset({ivo.id}), None)
    shown = read(session, added.comment_id)
    assert shown
    assert shown.html.count(f'href="/colleagues/{ivo.id}">@Иво Петров</a>') == 2
    assert f'href="/colleagues/{ana.id}">@Ana Jurić</a>' in shown.html


def test_an_answer_tells_whom_it_answers_and_an_answer_to_it_stands_beside_it(
    session: Session, ana: Actor, ivo: Actor
) -> None:
    top = a_comment(session, ana)
    first = add_comment(session, ivo, WIN, "How?", top, NOW)
    second = add_comment(session, ana, WIN, "Like this.", first.comment_id, NOW)
    third = add_comment(session, ana, WIN, "And this.", top, NOW)
    assert (first.answered, second.answered, third.answered) == (ana.id, ivo.id, None)
    (row,) = thread(session, WIN).rows
    assert [(answer.id, answer.parent_id) for answer in row.answers] == [
        (one.comment_id, top) for one in (first, second, third)
    ]


def test_what_is_not_there_or_belongs_elsewhere_cannot_be_answered(session: Session, ana: Actor) -> None:
    elsewhere = a_comment(session, ana, subject=Subject("win", 8))
    other_kind = a_comment(session, ana, subject=Subject("page", 7))
    deleted = a_comment(session, ana)
    delete_comment(session, ana, deleted, NOW)
    for parent in (elsewhere, other_kind, deleted, 0, -1, 999_999, 2**31, 10**30):
        with pytest.raises(NotFound):
            add_comment(session, ana, WIN, "Answer", parent, NOW)


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\0\x07", "\u200b\u200d\ufeff", "\u0301\u0301", "\u202e", "\u00ad\u2060"]
)
def test_a_comment_says_something(session: Session, ana: Actor, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_comment(session, ana, WIN, text, None, NOW)
    assert set(refused.value.fields) == {"text"}


def test_a_comment_is_at_most_as_long_as_can_be_kept(session: Session, ana: Actor) -> None:
    assert add_comment(session, ana, WIN, " " + "a\r\n" * 1_999 + "ab ", None, NOW)
    with pytest.raises(Invalid):
        add_comment(session, ana, WIN, "a" * 4_001, None, NOW)
    with pytest.raises(Invalid):
        edit_comment(session, ana, a_comment(session, ana), "a" * 4_001, NOW, None)


def test_what_cannot_be_seen_and_does_harm_is_left_out(session: Session, ana: Actor) -> None:
    hostile = "\0a\x1b[31m\u202eb\u2066c\ud800 👩\u200d🔧\r\ne\u0301\rx\u2028y\x85"
    shown = read(session, a_comment(session, ana, hostile))
    assert shown
    assert shown.text == "a[31mbc 👩\u200d🔧\né\nx\ny"


@pytest.mark.parametrize(
    "text", ["@" * 4_000, "@a " * 1_333, "<script>alert(1)</script>", "' OR 1=1 --", "%s %(x)s {}"]
)
def test_hostile_texts_are_kept_as_texts(session: Session, ana: Actor, text: str) -> None:
    shown = read(session, a_comment(session, ana, text))
    assert shown
    assert shown.text == text.strip()
    assert "<script" not in shown.html


def test_nobody_and_the_command_line_say_nothing(session: Session, ana: Actor) -> None:
    number = a_comment(session, ana)
    for who in (NOBODY, SYSTEM):
        with pytest.raises(Refused):
            add_comment(session, who, WIN, "Hello", None, NOW)
        with pytest.raises(Refused):
            edit_comment(session, who, number, "Hello", NOW, None)
        with pytest.raises(Refused):
            react(session, who, WIN, Cheer.BRAVO, on=True, now=NOW)


def test_thirty_comments_in_ten_minutes_are_enough_and_deleting_gives_none_back(
    session: Session, ana: Actor, ivo: Actor
) -> None:
    numbers = [a_comment(session, ana) for _ in range(COMMENTS_A_WINDOW)]
    delete_comment(session, ana, numbers[0], NOW)
    almost = NOW + WINDOW - timedelta(seconds=1)
    with pytest.raises(TooMany) as refused:
        a_comment(session, ana, now=almost)
    assert refused.value.retry_after == 600
    assert a_comment(session, ivo, now=almost)
    assert a_comment(session, ana, now=NOW + WINDOW)


# Mentions


def test_only_people_who_work_here_are_named(session: Session, ana: Actor, ivo: Actor) -> None:
    session.get_one(Person, ivo.id).deactivated_at = NOW
    session.flush()
    assert not add_comment(session, ana, WIN, "@Иво Петров @ivo@example.com", None, NOW).mentioned


def test_of_two_people_with_one_name_the_address_names_one(session: Session, ana: Actor, ivo: Actor) -> None:
    other = an_actor(session, name="Иво Петров", email="ivo2@example.com")
    assert not add_comment(session, ana, WIN, "@Иво Петров", None, NOW).mentioned
    assert add_comment(session, ana, WIN, "@Иво Петров @ivo2@example.com", None, NOW).mentioned == {other.id}
    session.get_one(Person, other.id).deactivated_at = NOW
    session.flush()
    assert add_comment(session, ana, WIN, "@Иво Петров", None, NOW).mentioned == {ivo.id}


def test_accents_typed_apart_are_the_same_letters(session: Session, ivo: Actor) -> None:
    apart = an_actor(session, name="Ana C\u030cakovic\u0301")
    together = an_actor(session, name="Ćiril Šarić")
    added = add_comment(session, ivo, WIN, "@Ana Čaković and @C\u0301iril S\u030caric\u0301", None, NOW)
    assert added.mentioned == {apart.id, together.id}


def test_a_renamed_person_stays_linked_under_the_new_name(session: Session, ana: Actor, ivo: Actor) -> None:
    number = a_comment(session, ana, "Ask @Иво Петров")
    person = session.get_one(Person, ivo.id)
    person.name = "Ivo <Petrov>"
    namesake = an_actor(session, name="Иво Петров")
    session.flush()
    expected = f'<p>Ask <a class="mention" href="/colleagues/{ivo.id}">@Ivo &lt;Petrov&gt;</a>'
    shown = read(session, number)
    assert shown
    assert shown.html == f"{expected}</p>"
    assert edit_comment(session, ana, number, "Ask @Иво Петров again", LATER, None).mentioned == frozenset()
    changed = read(session, number)
    assert changed
    assert changed.html == f"{expected} again</p>"
    assert add_comment(session, ana, WIN, "@Иво Петров", None, LATER).mentioned == {namesake.id}


# Changing


def test_a_changed_comment_tells_only_whom_it_had_not_named(session: Session, ana: Actor, ivo: Actor) -> None:
    lena = an_actor(session, name="Lena B.")
    number = a_comment(session, ana, "@Иво Петров")
    first = edit_comment(session, ana, number, "@Lena B. and @Ana Jurić", LATER, None)
    assert first == Added(number, frozenset({lena.id}), None)
    back = edit_comment(session, ana, number, "@Иво Петров, @ivo@example.com and @Lena B.", LATER, LATER)
    assert back.mentioned == frozenset()
    shown = read(session, number)
    assert shown
    assert (shown.html.count("mention"), shown.edited_at) == (3, LATER)


def test_only_its_author_changes_a_comment(session: Session, ana: Actor, ivo: Actor) -> None:
    number = a_comment(session, ana)
    for who in (ivo, an_actor(session, Role.EDITOR)):
        with pytest.raises(Refused):
            edit_comment(session, who, number, "Mine", LATER, None)
    delete_comment(session, ana, number, LATER)
    for missing in (number, 0, 10**30):
        with pytest.raises(NotFound):
            edit_comment(session, ana, missing, "Mine", LATER, None)


def test_two_windows_do_not_overwrite_each_other(session: Session, ana: Actor) -> None:
    number = a_comment(session, ana, "First")
    edit_comment(session, ana, number, "From one window", LATER, None)
    with pytest.raises(CommentConflict) as refused:
        edit_comment(session, ana, number, "From the other", LATER, None)
    assert (refused.value.theirs, refused.value.edited_at) == ("From one window", LATER)
    session.expire_all()
    moment = datetime.fromisoformat(session.get_one(Comment, number).edited_at.isoformat())  # type: ignore[union-attr]
    assert edit_comment(session, ana, number, "After a look", LATER, moment)


def test_saving_the_same_words_changes_nothing(session: Session, ana: Actor) -> None:
    number = a_comment(session, ana, "@Ana Jurić")
    assert edit_comment(session, ana, number, " @Ana Jurić\r\n", LATER, LATER) == Added(number, frozenset(), None)
    shown = read(session, number)
    assert shown
    assert shown.edited_at is None


# Deleting


def test_author_and_editors_delete_a_comment_and_nobody_else(session: Session, ana: Actor, ivo: Actor) -> None:
    for who, may in (
        (ivo, False),
        (NOBODY, False),
        (an_actor(session, Role.EDITOR), True),
        (ana, True),
        (SYSTEM, True),
    ):
        number = a_comment(session, ana)
        if may:
            delete_comment(session, who, number, LATER)
            with pytest.raises(NotFound):
                delete_comment(session, who, number, LATER)
        else:
            with pytest.raises(Refused):
                delete_comment(session, who, number, LATER)
    with pytest.raises(NotFound):
        delete_comment(session, ana, 10**30, LATER)


def test_of_a_deleted_comment_nothing_is_left_but_its_place_while_it_has_answers(
    session: Session, ana: Actor, ivo: Actor
) -> None:
    top = a_comment(session, ana, "Secret of @Иво Петров")
    answer = a_comment(session, ivo, parent_id=top)
    react(session, ivo, Subject(COMMENT, top), Cheer.BRAVO, on=True, now=NOW)
    report(session, ivo, Subject(COMMENT, top), "Bad", NOW)
    delete_comment(session, ana, top, LATER)
    (row,) = thread(session, WIN).rows
    assert (row.deleted, row.text, row.html, row.author, len(row.answers)) == (True, "", "", "", 1)
    assert session.scalar(select(Report.outcome)) == "removed"
    assert not session.scalar(select(func.count()).select_from(Mention))
    assert not session.scalar(select(func.count()).select_from(Reaction))
    assert add_comment(session, ana, WIN, "Still here", answer, LATER).answered == ivo.id
    for one in row.answers:
        delete_comment(session, ivo, one.id, LATER)
    assert thread(session, WIN).total == 1


def test_with_its_last_answer_a_deleted_comment_goes_altogether(session: Session, ana: Actor, ivo: Actor) -> None:
    top = a_comment(session, ana)
    answer = a_comment(session, ivo, parent_id=top)
    delete_comment(session, ana, top, LATER)
    assert session.scalar(select(func.count()).select_from(Comment)) == 2
    delete_comment(session, ivo, answer, LATER)
    assert session.scalar(select(func.count()).select_from(Comment)) == 0


def test_a_young_comment_that_was_deleted_is_not_seen_and_goes_with_the_next(session: Session, ana: Actor) -> None:
    number = a_comment(session, ana)
    delete_comment(session, ana, number, NOW)
    assert (thread(session, WIN).rows, thread(session, WIN).total) == ((), 0)
    assert session.scalar(select(Comment.text)) == ""
    later = a_comment(session, ana, now=LATER)
    assert session.scalars(select(Comment.id)).all() == [later]


def test_a_number_is_never_given_to_a_second_comment(session: Session, ana: Actor) -> None:
    number = a_comment(session, ana)
    delete_comment(session, ana, number, LATER)
    assert a_comment(session, ana, now=LATER) > number
