"""Photos, scenes and inspections of archives."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "photo",
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("capture_id", sa.String, nullable=False),
    )
    op.create_table(
        "scene",
        sa.Column("capture_id", sa.String, primary_key=True),
        sa.Column("seen_with", sa.String, primary_key=True),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("seen", sa.LargeBinary, nullable=False),
        sa.Column("survey", sa.LargeBinary, nullable=True),
        sa.Column("surveyed_by", sa.String, nullable=True),
    )
    op.create_table(
        "inspection",
        sa.Column("inspection_key", sa.String, primary_key=True),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("capture_id", sa.String, nullable=False),
        sa.Column("store", sa.String, nullable=False),
        sa.Column("dealer_type", sa.String, nullable=True),
        sa.Column("inspected_on", sa.Date, nullable=False),
        sa.Column("rules_of", sa.Date, nullable=False),
        sa.Column("seen_with", sa.String, nullable=False),
        sa.Column("judged_by", sa.String, nullable=False),
        sa.Column("register", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("inspection_by_place", "inspection", ["store", "inspected_on"])
    op.create_index("inspection_by_photo", "inspection", ["capture_id"])
    op.create_table(
        "rule_outcome",
        sa.Column(
            "inspection_key",
            sa.String,
            sa.ForeignKey("inspection.inspection_key", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("rule_id", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("targets", sa.String, nullable=False),
    )
