"""The tables. Each change of them comes with a migration, see `migrations`.

    photo ──► scene ──► inspection ──► rule_outcome
    where     what was  one photo of   what each rule
    it lies   seen      one place      said of it

    register_entries                   what inspections were judged by

    shop ──► visit ──► record          everything that was done, chained by hash: the truth
                  ├──► visit_photo     what is still to be looked at
                  ├──► finding         what the records amount to, for pages over many visits
                  ├──► visit_rule
                  └──► action

    shop ──► audit_plan                when the shop looks at itself
    user                               who has signed in, with what their provider said of them
    retention                          how long each class of data is kept
    access                             who looked at what, and what was changed beside visits

Photos are known by the sha256 of their bytes: under whatever name they lie, they have one scene.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()

photo = Table(
    "photo",
    METADATA,
    Column("url", String, primary_key=True),
    Column("mark", String, nullable=False, comment="size and date or tag: changes with the bytes"),
    Column("capture_id", String, nullable=False, comment="sha256 of the bytes"),
)

scene = Table(
    "scene",
    METADATA,
    Column("capture_id", String, primary_key=True),
    Column("seen_with", String, primary_key=True, comment="models and code"),
    Column("model", String, nullable=False, comment="JSON: names and sha256 of the models"),
    Column("seen", LargeBinary, nullable=False, comment="see codec.py"),
    Column("survey", LargeBinary, nullable=True, comment="see surveys.py"),
    Column("surveyed_by", String, nullable=True, comment="code"),
)

inspection = Table(
    "inspection",
    METADATA,
    Column("inspection_key", String, primary_key=True, comment="hash of all columns it rests on"),
    Column("url", String, nullable=False),
    Column("file", String, nullable=False),
    Column("capture_id", String, nullable=False),
    Column("store", String, nullable=False, comment="the shop"),
    Column("dealer_type", String, nullable=True),
    Column("inspected_on", Date, nullable=False, comment="day of the photo"),
    Column("rules_of", Date, nullable=False, comment="day whose rules apply"),
    Column("seen_with", String, nullable=False),
    Column("judged_by", String, nullable=False, comment="guidance and code"),
    Column("register", String, nullable=False, comment="name and sha256"),
    Column("outcome", String, nullable=False, comment="the heaviest of all rules"),
    Column("report", LargeBinary, nullable=True, comment="compressed JSON; none when re-judged"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("grounds", LargeBinary, nullable=True, comment="see grounds.py"),
    Column("entries", String, nullable=True, comment="sha256 of the register's entries"),
    Index("inspection_by_place", "store", "inspected_on"),
    Index("inspection_by_photo", "capture_id"),
)

rule_outcome = Table(
    "rule_outcome",
    METADATA,
    Column(
        "inspection_key",
        ForeignKey("inspection.inspection_key", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("rule_id", String, primary_key=True),
    Column("outcome", String, nullable=False, comment="the heaviest of its verdicts"),
    Column("targets", String, nullable=False, comment="JSON: targets by outcome"),
)

register_entries = Table(
    "register_entries",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("entries", LargeBinary, nullable=False, comment="of one day, see grounds.py"),
)

shop = Table(
    "shop",
    METADATA,
    Column("shop_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("dealer_type", String, nullable=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", String, nullable=False),
)

visit = Table(
    "visit",
    METADATA,
    Column("visit_id", String, primary_key=True),
    Column("shop_id", ForeignKey("shop.shop_id"), nullable=False),
    Column("kind", String, nullable=False, comment="inspection, self-audit or archive"),
    Column("inspected_on", Date, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("n_records", Integer, nullable=False),
    Column("head", String, nullable=False, comment="hash of the last record"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("projected", String, nullable=False, comment="what the finding rows were made of"),
    Index("visit_by_shop", "shop_id", "inspected_on"),
)

record = Table(
    "record",
    METADATA,
    Column("visit_id", ForeignKey("visit.visit_id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="1, 2, 3, … without a gap"),
    Column("kind", String, nullable=False),
    Column("at", String, nullable=False, comment="ISO 8601 in UTC, as it was hashed"),
    Column("by", String, nullable=False),
    Column("body", String, nullable=False, comment="JSON, as it was hashed"),
    Column("hash", String, nullable=False, comment="sha256 of this record and the hash before"),
)

visit_photo = Table(
    "visit_photo",
    METADATA,
    Column("visit_id", ForeignKey("visit.visit_id"), primary_key=True),
    Column("capture_id", String, primary_key=True),
    Column("file", String, nullable=False),
    Column("state", String, nullable=False, comment="waiting, reading, done or unreadable"),
    Column("attempts", Integer, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Index("visit_photo_by_state", "state", "added_at"),
)

finding = Table(
    "finding",
    METADATA,
    Column("visit_id", ForeignKey("visit.visit_id"), primary_key=True),
    Column("finding_key", String, primary_key=True, comment="rule, outcome and what it is about"),
    Column("place", Integer, nullable=False, comment="order within the visit"),
    Column("shop_id", ForeignKey("shop.shop_id"), nullable=False),
    Column("inspected_on", Date, nullable=False),
    Column("capture_id", String, nullable=True, comment="none when it is about the shop"),
    Column("rule_id", String, nullable=False),
    Column("outcome", String, nullable=False, comment="the machine's"),
    Column("decision", String, nullable=True, comment="a person's: confirmed or overruled"),
    Column("n_targets", Integer, nullable=False),
    Column("sentence_da", String, nullable=False),
    Column("sentence_en", String, nullable=False),
    Column("where", String, nullable=False, comment="JSON: crop and boxes in pixels"),
    Index("finding_by_day", "inspected_on", "visit_id", "place"),
    Index("finding_by_shop", "shop_id", "inspected_on"),
    Index("finding_by_rule", "rule_id", "outcome", "inspected_on"),
)

visit_rule = Table(
    "visit_rule",
    METADATA,
    Column("visit_id", ForeignKey("visit.visit_id"), primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("outcome", String, nullable=False, comment="the heaviest of all photos"),
)

action = Table(
    "action",
    METADATA,
    Column("visit_id", ForeignKey("visit.visit_id"), primary_key=True),
    Column("finding_key", String, primary_key=True),
    Column("shop_id", ForeignKey("shop.shop_id"), nullable=False),
    Column("rule_id", String, nullable=False),
    Column("sentence_da", String, nullable=False),
    Column("sentence_en", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("done_because", String, nullable=True, comment="none while it is open"),
    Column("done_capture_id", String, nullable=True, comment="the photo that shows it"),
    Column("done_by", String, nullable=True),
    Column("done_on", Date, nullable=True),
    Index("action_by_due", "shop_id", "due_on"),
)

access = Table(
    "access",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", String, nullable=False),
    Column("what", String, nullable=False, comment="looked or changed, and at what"),
    Column("visit_id", String, nullable=True),
)

user = Table(
    "app_user",
    METADATA,
    Column("subject", String, primary_key=True, comment="the provider's issuer and id"),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False, comment="as last claimed"),
    Column("shop_ids", String, nullable=False, comment="JSON: as last claimed"),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column(
        "is_barred", Boolean, nullable=False, comment="by an administrator, whatever is claimed"
    ),
    Column("given_role", String, nullable=True, comment="by an administrator, in place of claims"),
    Column("given_shop_ids", String, nullable=True, comment="JSON: as the role"),
)

retention = Table(
    "retention",
    METADATA,
    Column("kept", String, primary_key=True, comment="class of data"),
    Column("days", Integer, nullable=False),
    Column(
        "ended_at", DateTime(timezone=True), nullable=True, comment="what is older may be deleted"
    ),
)

audit_plan = Table(
    "audit_plan",
    METADATA,
    Column("shop_id", ForeignKey("shop.shop_id"), primary_key=True),
    Column("every_weeks", Integer, nullable=False),
    Column("first_on", Date, nullable=False, comment="its weekday is the plan's"),
)
