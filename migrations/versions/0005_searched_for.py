"""What people search for, synonyms, and pages that wait to be indexed found at once"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        # As on PostgreSQL, the number of a row that is done is never given to another: who still works on the first, or
        # remembers it, would take one for the other.
        with op.batch_alter_table("outbox", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
    op.create_index(op.f("ix_outbox_work_id"), "outbox", ["work", "id"])
    op.create_table(
        "search_tally",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("in_vain", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("slots > 0", name=op.f("ck_search_tally_somebody")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_tally")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_tally_last_on"), "search_tally", ["last_on"])

    op.create_table(
        "search_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("in_vain", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("then_searches", sa.Integer(), nullable=False),
        sa.Column("then_in_vain", sa.Integer(), nullable=False),
        sa.Column("then_opened", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'settled', 'set-aside')", name=op.f("ck_search_term_known_state")),
        sa.CheckConstraint("how IS NULL OR how IN ('synonym', 'page')", name=op.f("ck_search_term_known_way")),
        sa.CheckConstraint("(state = 'settled') = (how IS NOT NULL)", name=op.f("ck_search_term_settled_somehow")),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_search_term_settled_when")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["page_draft.id"], name=op.f("fk_search_term_draft_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_search_term_page_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_search_term_settled_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_term")),
        sa.UniqueConstraint("key", name=op.f("uq_search_term_key")),
    )
    op.create_index("ix_search_term_state", "search_term", ["state"])
    op.create_index(op.f("ix_search_term_draft_id"), "search_term", ["draft_id"])
    op.create_index(op.f("ix_search_term_page_id"), "search_term", ["page_id"])

    op.create_table(
        "synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=100), nullable=False),
        sa.Column("means", sa.String(length=100), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_synonym_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["term_id"], ["search_term.id"], name=op.f("fk_synonym_term_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
        sa.UniqueConstraint("said", "means", name=op.f("uq_synonym_said_means")),
    )
    op.create_index(op.f("ix_synonym_term_id"), "synonym", ["term_id"])


def downgrade():
    for table in ("synonym", "search_term", "search_tally"):
        op.drop_table(table)
    op.drop_index(op.f("ix_outbox_work_id"), "outbox")
