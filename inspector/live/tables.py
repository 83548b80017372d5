"""The tables of live cameras. They may lie in a database of their own or beside other tables.

Times are UTC, without a zone: SQLite knows none. A column that comes later needs a
`server_default`: it is added to tables of an older version when they are opened.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()

camera = Table(
    "live_camera",
    METADATA,
    Column("camera_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("source", String, nullable=False, comment="without user, password and query"),
    Column("status", String, nullable=False, comment="see camera.Status"),
    Column("reason", String, nullable=False, default="", comment="key of words_<lang>.yaml"),
    Column("problem", String, nullable=False, default="", comment="of the stream, in English"),
    Column("frame_at", DateTime, nullable=True, comment="of the newest frame"),
    Column("look_at", DateTime, nullable=True),
    Column("look_s", Float, nullable=True),
    Column("frames_read", Integer, nullable=False, default=0),
    Column("frames_skipped", Integer, nullable=False, default=0),
    Column("reconnects", Integer, nullable=False, default=0),
    Column("looks", Integer, nullable=False, default=0),
    Column("not_kept", String, nullable=False, default="", comment="why no picture was kept last"),
    Column("updated_at", DateTime, nullable=False),
)

setup = Table(
    "live_setup",
    METADATA,
    Column("camera_id", String, primary_key=True),
    Column("reference", LargeBinary, nullable=True, comment="features, no picture: view.Reference"),
    Column("reference_at", DateTime, nullable=True),
    Column("confirmed_by", String, nullable=False, default=""),
    Column("tags", String, nullable=False, default="[]", comment="JSON: the kit as it stood there"),
    Column("void_told", String, nullable=False, default="", comment="hash of heights that ended"),
    Column("signs", String, nullable=False, default="[]", comment="JSON: signs.KnownSign"),
    Column(
        "fault",
        String,
        nullable=False,
        default="",
        server_default="",
        comment="view.ViewFault that suspends verdicts until somebody confirms the view",
    ),
)

finding = Table(
    "live_finding",
    METADATA,
    Column("finding_id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("opened_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    Column("closed_at", DateTime, nullable=True),
    Column("places", String, nullable=False, comment="JSON: votes.Failure"),
    Column("before_picture", String, nullable=True, comment="sha256"),
    Column("after_picture", String, nullable=True, comment="sha256: when it opened or changed"),
    Column("closed_picture", String, nullable=True, comment="sha256: when it was put right"),
    Column("not_kept", String, nullable=False, default="", comment="why there is no picture"),
    Index("live_finding_by_camera", "camera_id", "closed_at"),
)

picture = Table(
    "live_picture",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("taken_at", DateTime, nullable=False),
    Column("crop", String, nullable=False, comment="JSON: place of the crop in the frame, pixels"),
)

look = Table(
    "live_look",
    METADATA,
    Column("look_id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcomes", String, nullable=False, comment="JSON: outcome by rule"),
    Index("live_look_by_camera", "camera_id", "at"),
)

wish = Table(
    "live_wish",
    METADATA,
    Column("wish_id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("kind", String, nullable=False, comment="see ledger.WishKind"),
    Column("by", String, nullable=False, comment="who wished it"),
    Column("at", DateTime, nullable=False),
    Column("done_at", DateTime, nullable=True),
)

presence = Table(
    "live_presence",
    METADATA,
    Column("presence_id", Integer, primary_key=True),
    Column("asked_at", DateTime, nullable=True, comment="none when nobody asked"),
    Column("answer_by", DateTime, nullable=True),
    Column("answered_at", DateTime, nullable=True),
    Column("by", String, nullable=False, default="", comment="who confirmed"),
)

alert = Table(
    "live_alert",
    METADATA,
    Column("alert_id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("topic", String, nullable=False, comment="rule or status: cools down by itself"),
    Column("turn", String, nullable=False, comment="opened, updated, closed, lost, …"),
    Column("at", DateTime, nullable=False),
    Column("texts", String, nullable=False, comment="JSON: title and text by language"),
    Column("is_digested", Boolean, nullable=False, default=False),
)

delivery = Table(
    "live_delivery",
    METADATA,
    Column("delivery_id", Integer, primary_key=True),
    Column("alert_id", Integer, nullable=False),
    Column("channel", String, nullable=False, comment="name of a secret or a webhook's host"),
    Column("due_at", DateTime, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", DateTime, nullable=True),
    Column("gave_up_at", DateTime, nullable=True),
    Column("problem", String, nullable=False, default=""),
    Index("live_delivery_due", "sent_at", "gave_up_at", "due_at"),
)

retention = Table(
    "live_retention",
    METADATA,
    Column("kept", String, primary_key=True, comment="field of settings.Retention"),
    Column("days", Integer, nullable=False, comment="holds where the settings file says more"),
)

settings_retention = Table(
    "live_settings_retention",
    METADATA,
    Column("kept", String, primary_key=True, comment="field of settings.Retention"),
    Column("days", Integer, nullable=False, comment="as the settings file said it last"),
)
