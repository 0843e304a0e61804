"""Threads as they are read: in order, nested, bounded, and in the same number of questions however long they are."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import NOBODY, Role
from portal.discussion import (
    Cheer,
    CommentView,
    Subject,
    cheers,
    comment_counts,
    comments,
    delete_comment,
    edit_comment,
    open_reports,
    react,
    report,
    thread,
    who_cheered,
)
from portal.discussion import comment as read
from portal.discussion.model import Comment
from portal.discussion.queries import NEWEST
from tests.counting import count_queries
from tests.discussion.said import WIN, a_comment, an_actor
from tests.factories import NOW


def test_a_thread_stands_in_order_with_its_answers_in_place(session: Session) -> None:
    ana, ivo = an_actor(session, name="Ana"), an_actor(session, name="Ivo")
    first, second = a_comment(session, ana, "One"), a_comment(session, ivo, "Two")
    answer, later = a_comment(session, ivo, parent_id=first), a_comment(session, ana, parent_id=first)
    a_comment(session, ana, subject=Subject("page", WIN.id))
    a_comment(session, ana, subject=Subject("win", 8))
    found = thread(session, WIN)
    assert [(row.id, row.author, [one.id for one in row.answers]) for row in found.rows] == [
        (first, "Ana", [answer, later]),
        (second, "Ivo", []),
    ]
    assert (found.total, found.earlier) == (4, 0)
    assert (found.rows[0].html, found.rows[0].created_at, found.rows[0].edited_at) == ("<p>One</p>", NOW, None)


def test_a_reader_is_told_what_they_may_do_to_each_comment(session: Session) -> None:
    ana, ivo, editor = an_actor(session), an_actor(session), an_actor(session, Role.EDITOR)
    a_comment(session, ana)
    gone = a_comment(session, ana)
    a_comment(session, ivo, parent_id=gone)
    delete_comment(session, ana, gone, NOW)

    def rights(row: CommentView) -> tuple[bool, bool, bool]:
        return row.may_edit, row.may_delete, row.may_report

    for reader, own in (
        (ana, (True, True, False)),
        (ivo, (False, False, True)),
        (editor, (False, True, True)),
        (NOBODY, (False, False, False)),
    ):
        here, deleted = thread(session, WIN, reader).rows
        assert rights(here) == own
        assert rights(deleted) == (False, False, False)


def many_comments(session: Session, author_id: int, count: int, parent_id: int | None = None) -> list[int]:
    """Comments put there without regard to how many one may write."""
    rows = [
        Comment(
            subject=WIN.kind,
            subject_id=WIN.id,
            author_id=author_id,
            text=f"Word {number}",
            created_at=NOW,
            parent_id=parent_id,
        )
        for number in range(count)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def test_of_a_very_long_thread_the_newest_are_shown_with_what_they_answer(session: Session) -> None:
    ana = an_actor(session)
    assert ana.id
    old, older_still = a_comment(session, ana, "Old"), a_comment(session, ana, "Older answers")
    early_answer = a_comment(session, ana, parent_id=old)
    many_comments(session, ana.id, 10)
    newest = many_comments(session, ana.id, NEWEST - 1)
    late_answer = a_comment(session, ana, parent_id=old, now=NOW + timedelta(hours=1))
    found = thread(session, WIN)
    assert [row.id for row in found.rows] == [old, *newest]
    assert [one.id for one in found.rows[0].answers] == [late_answer]
    assert {older_still, early_answer}.isdisjoint(row.id for row in found.rows)
    assert (found.total, found.earlier) == (NEWEST + 13, 12)


def test_comments_are_found_by_number_whatever_number_is_asked_for(session: Session) -> None:
    ana = an_actor(session)
    one, gone = a_comment(session, ana, "One"), a_comment(session, ana, "Two")
    delete_comment(session, ana, gone, NOW)
    found = comments(session, [one, gone, 0, -5, 10**30])
    assert {number: row.deleted for number, row in found.items()} == {one: False, gone: True}
    assert found[one].text == "One"
    assert read(session, 10**30) is None


def test_counts_leave_out_what_was_deleted(session: Session) -> None:
    ana = an_actor(session)
    for _ in range(3):
        a_comment(session, ana)
    delete_comment(session, ana, a_comment(session, ana), NOW)
    a_comment(session, ana, subject=Subject("page", 9))
    assert comment_counts(session, "win", [WIN.id, 9]) == {WIN.id: 3, 9: 0}
    assert comment_counts(session, "win", []) == {}


def test_nothing_asks_more_of_the_database_when_there_is_more(session: Session, database: Database) -> None:
    def asked() -> list[int]:
        session.commit()
        counts = []
        with database.reading() as reading:
            for ask in (
                lambda: thread(reading, WIN),
                lambda: cheers(reading, "win", range(1, 30), 1),
                lambda: comment_counts(reading, "win", range(1, 30)),
                lambda: open_reports(reading, 50),
                lambda: who_cheered(reading, WIN, 20),
                lambda: comments(reading, range(1, 30)),
            ):
                with count_queries(database.engine) as seen:
                    ask()
                counts.append(len(seen))
        return counts

    nothing = asked()
    for number in range(6):
        ana = an_actor(session, name=f"Ana {number}")
        top = a_comment(session, ana, f"@Ana {number} and @Ana 0")
        answer = a_comment(session, ana, "Yes", parent_id=top)
        edit_comment(session, ana, answer, "No", NOW, None)
        for cheer in Cheer:
            react(session, ana, WIN, cheer, on=True, now=NOW)
            react(session, ana, Subject("win", number + 1), cheer, on=True, now=NOW)
        report(session, ana, WIN, "Why", NOW)
        report(session, ana, Subject("win", number + 20), "Why", NOW)
    assert asked() == nothing == [4, 2, 1, 3, 3, 3]
