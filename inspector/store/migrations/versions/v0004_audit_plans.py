"""When shops look at themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "audit_plan",
        sa.Column("shop_id", sa.String, sa.ForeignKey("shop.shop_id"), primary_key=True),
        sa.Column("every_weeks", sa.Integer, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
    )
