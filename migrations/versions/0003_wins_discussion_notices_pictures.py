"""Wins, discussion, notices, pictures"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(op.f("ix_person_name"), "person", ["name"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("edited_at", Moment(), nullable=True),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_comment_not_its_own_parent")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comment_author", "comment", ["author_id", "created_at"])
    op.create_index(op.f("ix_comment_parent_id"), "comment", ["parent_id"])
    op.create_index("ix_comment_subject", "comment", ["subject", "subject_id", "id"])

    op.create_table(
        "digest_sent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_digest_sent_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digest_sent")),
    )
    op.create_table(
        "feed_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_key_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feed_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_key_digest")),
    )
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("mailing", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "mailing IN ('at_once', 'daily', 'weekly', 'never')", name=op.f("ck_mail_choice_known_mailing")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "about", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("gathering", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("mail_due_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_subject", "notice", ["subject", "subject_id"])
    op.create_index("ix_notice_person", "notice", ["person_id", "at", "id"])
    op.create_index(
        "ix_notice_unmailed",
        "notice",
        ["person_id", "mail_due_at"],
        unique=False,
        sqlite_where=sa.text("mail_due_at IS NOT NULL"),
        postgresql_where=sa.text("mail_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "uq_notice_gathering",
        "notice",
        ["person_id", "about", "subject", "subject_id"],
        unique=True,
        sqlite_where=sa.text("gathering"),
        postgresql_where=sa.text("gathering"),
    )

    op.create_table(
        "page_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["person.id"], name=op.f("fk_page_draft_editor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_draft")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_picture_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_picture_created_at"), "picture", ["created_at"])
    op.create_index(op.f("ix_picture_owner_id"), "picture", ["owner_id"])

    op.create_table(
        "reaction",
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('bravo', 'thanks', 'learned')", name=op.f("ck_reaction_known_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject", "subject_id", "kind", "person_id", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_person_id"), "reaction", ["person_id"])

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint("outcome IN ('kept', 'removed')", name=op.f("ck_report_known_outcome")),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_report_settled_with_outcome")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_report_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "subject", "subject_id", "reporter_id", name=op.f("uq_report_subject_subject_id_reporter_id")
        ),
    )
    op.create_index(op.f("ix_report_reporter_id"), "report", ["reporter_id"])
    op.create_index(op.f("ix_report_settled_at"), "report", ["settled_at"])

    op.create_table(
        "win",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("edited_at", Moment(), nullable=True),
        sa.CheckConstraint("(state = 'published') <= (current > 0)", name=op.f("ck_win_published_has_text")),
        sa.CheckConstraint("(state = 'published') <= (published_at IS NOT NULL)", name=op.f("ck_win_published_when")),
        sa.CheckConstraint("(state = 'waiting') <= (pending IS NOT NULL)", name=op.f("ck_win_waiting_has_text")),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'published', 'withdrawn', 'declined')", name=op.f("ck_win_known_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_win_author_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_win_team_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_win_author", "win", ["author_id", "state"])
    op.create_index(
        "ix_win_feed",
        "win",
        ["published_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_win_feed_author",
        "win",
        ["author_id", "published_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_win_feed_locale",
        "win",
        ["locale", "published_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_win_feed_team",
        "win",
        ["team_id", "published_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_win_pending",
        "win",
        ["submitted_at", "id"],
        sqlite_where=sa.text("pending IS NOT NULL"),
        postgresql_where=sa.text("pending IS NOT NULL"),
    )

    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comment_id", "written", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_person_id"), "mention", ["person_id"])

    op.create_table(
        "page_picture",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_picture_page_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_page_picture_picture_id")),
        sa.PrimaryKeyConstraint("page_id", "picture_id", name=op.f("pk_page_picture")),
    )
    op.create_index(op.f("ix_page_picture_picture_id"), "page_picture", ["picture_id"])

    op.create_table(
        "picture_data",
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.String(length=8), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size IN ('full', 'small')", name=op.f("ck_picture_data_known_size")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_picture_data_picture_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("picture_id", "size", name=op.f("pk_picture_data")),
    )
    op.create_table(
        "promotion",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "consent IN ('asked', 'named', 'anonymous', 'refused')", name=op.f("ck_promotion_known_consent")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["page_draft.id"], name=op.f("fk_promotion_draft_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["person.id"], name=op.f("fk_promotion_editor_id")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_promotion_page_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_promotion_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_promotion_draft_id")),
    )
    op.create_index(op.f("ix_promotion_page_id"), "promotion", ["page_id"])

    op.create_table(
        "win_draft",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("guided", sa.Boolean(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("thanked", sa.JSON(), nullable=False),
        sa.Column("principles", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_draft_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", name=op.f("pk_win_draft")),
    )
    op.create_index(op.f("ix_win_draft_saved_at"), "win_draft", ["saved_at"])

    op.create_table(
        "win_picture",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_win_picture_picture_id")),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_picture_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", "picture_id", name=op.f("pk_win_picture")),
        sa.UniqueConstraint("win_id", "position", name=op.f("uq_win_picture_win_id_position")),
    )
    op.create_index(op.f("ix_win_picture_picture_id"), "win_picture", ["picture_id"])

    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_page_id_kind"), ["id", "kind"])

    op.create_table(
        "win_principle",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind = 'principle'", name=op.f("ck_win_principle_a_principle")),
        sa.ForeignKeyConstraint(
            ["page_id", "kind"],
            ["page.id", "page.kind"],
            name=op.f("fk_win_principle_page_id_kind"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_principle_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", "page_id", name=op.f("pk_win_principle")),
    )
    op.create_index("ix_win_principle_page", "win_principle", ["page_id", "win_id"])

    op.create_table(
        "win_revision",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_revision_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", "number", name=op.f("pk_win_revision")),
    )
    op.create_table(
        "win_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_win_step_actor_id")),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_step_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win_step")),
    )
    op.create_index(op.f("ix_win_step_actor_id"), "win_step", ["actor_id"])
    op.create_index("ix_win_step_win", "win_step", ["win_id", "id"])

    op.create_table(
        "win_thanks",
        sa.Column("win_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("declined_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_win_thanks_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["win_id"], ["win.id"], name=op.f("fk_win_thanks_win_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("win_id", "person_id", name=op.f("pk_win_thanks")),
    )
    op.create_index("ix_win_thanks_person", "win_thanks", ["person_id", "win_id"])


def downgrade():
    for table in (
        "win_thanks",
        "win_step",
        "win_revision",
        "win_principle",
        "win_picture",
        "win_draft",
        "promotion",
        "picture_data",
        "page_picture",
        "mention",
        "win",
        "report",
        "reaction",
        "picture",
        "page_draft",
        "notice",
        "mail_choice",
        "feed_key",
        "digest_sent",
        "comment",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_person_name"), "person")
    with op.batch_alter_table("page") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_page_id_kind"), type_="unique")
