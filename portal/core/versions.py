"""A number for everything that one kind of page shows, which changes whenever any of it does.

Whoever keeps something made from the database in memory keeps it under that number: one small query tells whether
it still holds, on every machine.
"""

from sqlalchemy import String, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base


class Version(Base):
    """How often something has changed."""

    __tablename__ = "version"

    subject: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int]


# Of the table and not of the class, which takes half as long: every search asks for it, and many pages do.
_TABLE = Version.__table__
_CURRENT = select(_TABLE.c.number).where(_TABLE.c.subject == bindparam("subject"))


def current(session: Session, subject: str) -> int:
    """The present number of ``subject``; 0 when it has never changed."""
    return session.scalar(_CURRENT, {"subject": subject}) or 0


def changed(session: Session, subject: str) -> None:
    """Count a change of ``subject``, once a transaction."""
    session.connection()  # Begins the transaction, if nothing has yet.
    counted = (subject, session.get_transaction())
    if session.info.get("versions") == counted:
        return
    session.info["versions"] = counted
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Version)
        .values(subject=subject, number=1)
        .on_conflict_do_update(index_elements=[Version.subject], set_={"number": Version.number + 1})
    )
