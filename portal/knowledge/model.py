"""Pages of guidance, their translations, and the append-only revisions of each translation."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

TITLE_LENGTH = 200
SUMMARY_LENGTH = 400
SLUG_LENGTH = 80
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
"""No line ends, control characters or halves of characters, which no title in any language needs."""
BODY_LENGTH = 200_000
GUIDANCE = "guidance"
"""The subject of `core.versions` that changes whenever a page does."""

LAST = 1_000_000
"""The place of pages that were given none: after all others."""


class Kind(StrEnum):
    """What a page is: a principle of service, a case story, or a phrase card."""

    PRINCIPLE = "principle"
    STORY = "story"
    PHRASE = "phrase"

    @property
    def folder(self) -> str:
        """The kind's plural, in addresses and in content folders."""
        return "stories" if self is Kind.STORY else f"{self.value}s"


BY_FOLDER = {kind.folder: kind for kind in Kind}
Key = tuple[Kind, str]
"""What names a page in every language: its kind and its slug."""


class Page(Base):
    """One thing to know, in whatever languages; what is true in all of them stands here."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        UniqueConstraint("id", "kind"),  # For those who link pages of one kind alone.
        CheckConstraint("kind IN ('principle', 'story', 'phrase')", name="known_kind"),
        Index("ix_page_place", "kind", "position", "slug"),
        Index("ix_page_age", "kind", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    position: Mapped[int] = mapped_column(default=LAST)
    created_at: Mapped[datetime]


PLACE = (Page.position, Page.slug)
"""The order of every list of one kind's pages."""


class PageLink(Base):
    """``page`` names ``linked`` as its principle, story or phrase; readers see the link from both ends."""

    __tablename__ = "page_link"
    __table_args__ = (CheckConstraint("page_id <> linked_id", name="not_to_itself"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    linked_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]


class PageSource(Base):
    """A text that a page draws on; ``details`` are the fields of `Source`."""

    __tablename__ = "page_source"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    details: Mapped[dict[str, Any]]


class PageDraft(Base):
    """A page that an editor is still writing; ``facts`` are its ``principles`` and ``pictures`` (lists of ids)."""

    __tablename__ = "page_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    locale: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH))
    markdown: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    editor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class PagePicture(Base):
    """A picture that stands in a page, and that its readers may therefore see."""

    __tablename__ = "page_picture"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id"), primary_key=True, index=True)


class Translation(Base):
    """A page in one language; ``current`` is the number of the revision that readers see."""

    __tablename__ = "translation"
    __table_args__ = (UniqueConstraint("page_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(16))
    current: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class Revision(Base):
    """One state of a translation, never changed; without an author it came from an import."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("translation_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    translation_id: Mapped[int] = mapped_column(ForeignKey("translation.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH))
    markdown: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300))


class StoredRendering(Base):
    """A revision's Markdown as HTML, made when the revision is written and anew when the recipe changes."""

    __tablename__ = "rendering"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    recipe: Mapped[int] = mapped_column(index=True)
    html: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[Any]]
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Source:
    """Where something in a page comes from; ``language`` is the source's own."""

    title: str
    author: str = ""
    publisher: str = ""
    year: str = ""
    url: str = ""
    language: str = ""


@dataclass(frozen=True)
class PageText:
    """What a page says in one language."""

    title: str
    summary: str
    markdown: str

    def tidied(self) -> "PageText":
        """The text as it is kept, whether typed or read from a file: one kind of line end, no space around it."""
        lines = self.markdown.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        return PageText(self.title.strip(), self.summary.strip(), lines.strip("\n").rstrip())


@dataclass(frozen=True)
class PageFacts:
    """What is true of a page in every language; ``links`` are (kind, slug) in the order to be shown."""

    position: int | None = None
    links: tuple[Key, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class DraftValues:
    """What an editor has written so far; anything may still be empty. ``principles`` and ``pictures`` are ids."""

    kind: Kind
    slug: str
    locale: str
    title: str = ""
    summary: str = ""
    markdown: str = ""
    principles: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()

    @property
    def text(self) -> PageText:
        """What the page is to say."""
        return PageText(self.title, self.summary, self.markdown)

    def tidied(self) -> "DraftValues":
        """The values as they are kept; see `PageText.tidied`."""
        text = self.text.tidied()
        return DraftValues(
            kind=self.kind,
            slug=self.slug.strip().lower(),
            locale=self.locale,
            title=text.title,
            summary=text.summary,
            markdown=text.markdown,
            principles=tuple(dict.fromkeys(self.principles)),
            pictures=tuple(dict.fromkeys(self.pictures)),
        )
