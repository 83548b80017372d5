"""Roles that an administrator gives here."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("app_user", sa.Column("given_role", sa.String, nullable=True))
    op.add_column("app_user", sa.Column("given_shop_ids", sa.String, nullable=True))
