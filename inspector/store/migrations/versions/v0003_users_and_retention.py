"""Who has signed in, and how long things are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "app_user",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("shop_ids", sa.String, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_barred", sa.Boolean, nullable=False),
    )
    op.create_table(
        "retention",
        sa.Column("kept", sa.String, primary_key=True),
        sa.Column("days", sa.Integer, nullable=False),
    )
