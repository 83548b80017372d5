"""What outcomes rest on in the register, so that only what has changed is judged again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("inspection", sa.Column("grounds", sa.LargeBinary, nullable=True))
    op.add_column("inspection", sa.Column("entries", sa.String, nullable=True))
    op.create_table(
        "register_entries",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("entries", sa.LargeBinary, nullable=False),
    )
