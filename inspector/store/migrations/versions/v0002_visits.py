"""Shops, visits and all that is recorded of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "shop",
        sa.Column("shop_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("dealer_type", sa.String, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
    )
    op.create_table(
        "visit",
        sa.Column("visit_id", sa.String, primary_key=True),
        sa.Column("shop_id", sa.String, sa.ForeignKey("shop.shop_id"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("inspected_on", sa.Date, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("n_records", sa.Integer, nullable=False),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("projected", sa.String, nullable=False),
    )
    op.create_index("visit_by_shop", "visit", ["shop_id", "inspected_on"])
    op.create_table(
        "record",
        sa.Column("visit_id", sa.String, sa.ForeignKey("visit.visit_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.create_table(
        "visit_photo",
        sa.Column("visit_id", sa.String, sa.ForeignKey("visit.visit_id"), primary_key=True),
        sa.Column("capture_id", sa.String, primary_key=True),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("visit_photo_by_state", "visit_photo", ["state", "added_at"])
    op.create_table(
        "finding",
        sa.Column("visit_id", sa.String, sa.ForeignKey("visit.visit_id"), primary_key=True),
        sa.Column("finding_key", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("shop_id", sa.String, sa.ForeignKey("shop.shop_id"), nullable=False),
        sa.Column("inspected_on", sa.Date, nullable=False),
        sa.Column("capture_id", sa.String, nullable=True),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=True),
        sa.Column("n_targets", sa.Integer, nullable=False),
        sa.Column("sentence_da", sa.String, nullable=False),
        sa.Column("sentence_en", sa.String, nullable=False),
        sa.Column("where", sa.String, nullable=False),
    )
    op.create_index("finding_by_day", "finding", ["inspected_on", "visit_id", "place"])
    op.create_index("finding_by_shop", "finding", ["shop_id", "inspected_on"])
    op.create_index("finding_by_rule", "finding", ["rule_id", "outcome", "inspected_on"])
    op.create_table(
        "visit_rule",
        sa.Column("visit_id", sa.String, sa.ForeignKey("visit.visit_id"), primary_key=True),
        sa.Column("rule_id", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
    )
    op.create_table(
        "action",
        sa.Column("visit_id", sa.String, sa.ForeignKey("visit.visit_id"), primary_key=True),
        sa.Column("finding_key", sa.String, primary_key=True),
        sa.Column("shop_id", sa.String, sa.ForeignKey("shop.shop_id"), nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("sentence_da", sa.String, nullable=False),
        sa.Column("sentence_en", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_because", sa.String, nullable=True),
        sa.Column("done_capture_id", sa.String, nullable=True),
        sa.Column("done_by", sa.String, nullable=True),
        sa.Column("done_on", sa.Date, nullable=True),
    )
    op.create_index("action_by_due", "action", ["shop_id", "due_on"])
    op.create_table(
        "access",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("visit_id", sa.String, nullable=True),
    )
