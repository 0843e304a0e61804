"""What teams are called in other languages"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "team_name",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_name_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "locale", name=op.f("pk_team_name")),
    )


def downgrade():
    op.drop_table("team_name")
