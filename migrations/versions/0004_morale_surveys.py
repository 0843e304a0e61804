"""Morale surveys"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pulse_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(length=16), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("of_month", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("days_open", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "every IN ('week', 'fortnight', 'month', 'quarter')", name=op.f("ck_pulse_series_known_interval")
        ),
        sa.CheckConstraint("days_open BETWEEN 1 AND 60", name=op.f("ck_pulse_series_known_days")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_pulse_series_known_hour")),
        sa.CheckConstraint("of_month BETWEEN 1 AND 31", name=op.f("ck_pulse_series_known_day")),
        sa.CheckConstraint("questions BETWEEN 1 AND 5", name=op.f("ck_pulse_series_at_most_five")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_pulse_series_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_series")),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("reminders", sa.JSON(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("held_back", sa.String(length=32), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("least_scores", sa.Integer(), nullable=True),
        sa.Column("least_comments", sa.Integer(), nullable=True),
        sa.Column("box", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_survey_closed_when")),
        sa.CheckConstraint(
            "(state = 'draft') OR (opens_at IS NOT NULL AND closes_at IS NOT NULL)", name=op.f("ck_survey_has_dates")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'scheduled')) OR "
            "(opened_at IS NOT NULL AND least_scores >= 3 AND least_comments >= 5)",
            name=op.f("ck_survey_settled_when_open"),
        ),
        sa.CheckConstraint("published_at IS NULL OR state = 'closed'", name=op.f("ck_survey_published_after_close")),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'open', 'counting', 'closed')", name=op.f("ck_survey_known_state")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_survey_closes_after_it_opens")),
        sa.CheckConstraint("parts BETWEEN 1 AND 12", name=op.f("ck_survey_known_parts")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_survey_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["pulse_series.id"], name=op.f("fk_survey_series_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_survey_series", "survey", ["series_id", "opened_at"])
    op.create_index("ix_survey_state", "survey", ["state", "opens_at"])
    op.create_table(
        "survey_announcement",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_announcement_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey_id", "step", name=op.f("pk_survey_announcement")),
    )
    op.create_index("ix_survey_announcement_due", "survey_announcement", ["done", "due_at"])
    op.create_table(
        "survey_question",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("driver", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reverse", sa.Boolean(), nullable=False),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.CheckConstraint("NOT reverse OR kind = 'agree'", name=op.f("ck_survey_question_only_agreement_is_reversed")),
        sa.CheckConstraint(
            "kind IN ('agree', 'scale', 'single', 'several', 'text')", name=op.f("ck_survey_question_known_kind")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_survey_question")),
    )
    op.create_table(
        "survey_unit",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("cohort", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_unit_survey_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_survey_unit_team_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_survey_unit")),
    )
    op.create_index(op.f("ix_survey_unit_team_id"), "survey_unit", ["team_id"])
    op.create_table(
        "turnout",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_turnout_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_turnout_survey_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("survey_id", "person_id", name=op.f("pk_turnout")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit"],
            ["survey_unit.survey_id", "survey_unit.number"],
            name=op.f("fk_ballot_survey_id_unit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_ballot_survey_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("survey_id", "key", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(length=16), nullable=True),
        sa.Column("question", sa.Integer(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("promise", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("progress", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "progress IN ('promised', 'begun', 'done', 'dropped')", name=op.f("ck_pulse_action_known_progress")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_pulse_action_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_pulse_action_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit"],
            ["survey_unit.survey_id", "survey_unit.number"],
            name=op.f("fk_pulse_action_survey_id_unit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_pulse_action_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_action")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pulse_action_owner", "pulse_action", ["owner_id", "progress"])
    op.create_index("ix_pulse_action_survey", "pulse_action", ["survey_id", "unit"])
    op.create_table(
        "survey_invitation",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_survey_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit"],
            ["survey_unit.survey_id", "survey_unit.number"],
            name=op.f("fk_survey_invitation_survey_id_unit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_invitation_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey_id", "person_id", name=op.f("pk_survey_invitation")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_invitation_person", "survey_invitation", ["person_id", "survey_id"])
    op.create_table(
        "survey_result",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit"],
            ["survey_unit.survey_id", "survey_unit.number"],
            name=op.f("fk_survey_result_survey_id_unit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_result_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey_id", "unit", name=op.f("pk_survey_result")),
    )
    op.create_table(
        "pulse_action_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("progress", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["pulse_action.id"], name=op.f("fk_pulse_action_note_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_pulse_action_note_author_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_action_note")),
    )
    op.create_index("ix_pulse_action_note_action", "pulse_action_note", ["action_id", "id"])
    op.add_column("person", sa.Column("heads_team", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    for table in (
        "pulse_action_note",
        "survey_result",
        "survey_invitation",
        "pulse_action",
        "ballot",
        "turnout",
        "survey_unit",
        "survey_question",
        "survey_announcement",
        "survey",
        "pulse_series",
    ):
        op.drop_table(table)
    op.drop_column("person", "heads_team")
