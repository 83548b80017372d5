"""What may be set in `cameras.yaml`: every setting with its title, unit and bounds.

`settings_file` reads the file. Passwords and tokens are never written out: a setting of type
`SecretName` holds `env:NAME` or `file:PATH`, and only `secrets.revealed` looks there.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from inspector.domain.facts import Answer, Zone
from inspector.domain.goods import DealerType

PICTURE_CEILING_DAYS = 30
"""Pictures from surveillance are deleted within 30 days in Denmark (TV-overvågningsloven § 4 c)."""

CEILING_VARIABLE = "INSPECTOR_PICTURE_CEILING_DAYS"
"""Whoever administers the machine may set another ceiling here; a settings file cannot."""


def picture_ceiling_days() -> int:
    """Return how long pictures may be kept at most, in days."""
    given = os.environ.get(CEILING_VARIABLE, "")
    return int(given) if given.isdigit() and int(given) > 0 else PICTURE_CEILING_DAYS


def _number(title: str, unit: str, low: float, high: float) -> Meta:
    return Meta(title=title, ge=low, le=high, extra={"unit": unit})


def _text(title: str, most: int = 200, pattern: str | None = None) -> Meta:
    return Meta(title=title, min_length=1, max_length=most, pattern=pattern)


Seconds = Annotated[float, Meta(extra={"unit": "s"})]
SecretName = Annotated[
    str, _text("where a secret lies: env:NAME or file:PATH", 500, r"^(env|file):.+$")
]
Hour = Annotated[
    str,
    Meta(
        title='an hour, in quotes: "22:00"',
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        extra={"unit": "h:m"},
    ),
]
Point = tuple[float, float]


class Kind(StrEnum):
    """Where frames come from."""

    RTSP = "rtsp"
    MJPEG = "mjpeg"
    DEVICE = "device"
    FILE = "file"


class _Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Mark(_Section, frozen=True):
    """A point, or the two ends of a level edge, of known height on the fixture's front."""

    at: Annotated[
        tuple[Point, ...],
        Meta(title="one point, or two ends", min_length=1, max_length=2, extra={"unit": "px"}),
    ]
    height_cm: Annotated[float, _number("height above the floor", "cm", 0, 300)]
    within_cm: Annotated[float, _number("how far that may be off, either way", "cm", 0.1, 20)] = 0.5


class Camera(_Section, frozen=True):
    """One camera."""

    id: Annotated[str, _text("short name, never changed", 40, r"^[a-z0-9][a-z0-9-]*$")]
    source: Annotated[
        str, _text("rtsp://…, http://… (MJPEG), /dev/video0, a video file or a folder", 500)
    ]
    name: Annotated[str, Meta(title="name on pages and in alerts", max_length=80)] = ""
    user: Annotated[str, Meta(title="user at the camera", max_length=80)] = ""
    password: SecretName | None = None
    transport: Annotated[str, _text("tcp or udp, for RTSP", 3, "^(tcp|udp)$")] = "tcp"
    fps: Annotated[float, _number("frames used", "1/s", 0.2, 5)] = 1.0
    repeat: Annotated[bool, Meta(title="begin a file again at its end")] = False
    shelf_area: Annotated[
        tuple[Point, ...],
        Meta(title="corners of the shelf: two opposite ones, or a polygon", extra={"unit": "px"}),
    ] = ()
    marks: Annotated[
        tuple[Mark, ...], Meta(title="points or edges of known height", max_length=6)
    ] = ()
    camera_height_cm: Annotated[float, _number("height of the lens", "cm", 30, 400)] | None = None
    camera_height_within_cm: Annotated[
        float, _number("how far that may be off, either way", "cm", 0.2, 50)
    ] = 1.0
    device: Annotated[str, Meta(title="name of the lens profile, see `inspector camera`")] = ""
    zone: Annotated[Zone, Meta(title="where the shelf stands")] = Zone.PUBLIC

    def __post_init__(self) -> None:
        """Refuse what the types cannot say; no text quotes what may be a secret."""
        parts = urlsplit(self.source)
        if parts.username or parts.password:
            raise ValueError(
                "`source` holds a user or a password; write them as `user` and `password: env:NAME`"
            )
        if parts.scheme and parts.scheme not in ("rtsp", "rtsps", "http", "https"):
            raise ValueError(
                "`source` needs rtsp, rtsps, http, https, a device, a file or a folder"
            )
        if len(self.shelf_area) == 1:
            raise ValueError("`shelf_area` needs two opposite corners, or three and more")

    @property
    def kind(self) -> Kind:
        """Where its frames come from."""
        scheme = urlsplit(self.source).scheme
        if scheme:
            return Kind.RTSP if scheme.startswith("rtsp") else Kind.MJPEG
        return Kind.DEVICE if self.source.startswith("/dev/") else Kind.FILE

    @property
    def shown_source(self) -> str:
        """The source without what may be secret: no user, no query, no folders of this machine."""
        if self.kind is Kind.FILE:
            return re.split(r"[/\\]", self.source.rstrip("/\\"))[-1]
        if self.kind is Kind.DEVICE:
            return self.source
        parts = urlsplit(self.source)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.name or self.id


class Watching(_Section, frozen=True):
    """When to look, and when a camera counts as lost."""

    quiet: Annotated[Seconds, _number("quiet after a change before a look", "s", 1, 60)] = 3.0
    at_least_every_min: Annotated[
        float, _number("longest time between looks", "min", 1, 24 * 60)
    ] = 30.0
    between_looks: Annotated[
        Seconds, _number("shortest time between looks of one camera", "s", 1, 3600)
    ] = 5.0
    equal_results: Annotated[int, _number("equal results before a change counts", "", 2, 10)] = 3
    stands_still_min: Annotated[
        float, _number("longest that a person stands still", "min", 0.05, 120)
    ] = 10.0
    lost_after: Annotated[
        Seconds, _number("time without a frame after which a stream is lost", "s", 2, 20)
    ] = 15.0
    retry_after: Annotated[Seconds, _number("first pause before a new try", "s", 1, 60)] = 10.0
    retry_at_most: Annotated[Seconds, _number("longest pause", "s", 10, 3600)] = 300.0
    retries_per_hour: Annotated[int, _number("tries in one hour before the alarm", "", 2, 360)] = 10
    alarm_after_min: Annotated[
        float, _number("time without a connection before the alarm", "min", 1, 24 * 60)
    ] = 15.0


class Webhook(_Section, frozen=True):
    """A place that takes signed alerts (standardwebhooks.com)."""

    url: Annotated[str, _text("where to post", 500, r"^https?://[^@\s]+$")]
    secret: SecretName


class Alerts(_Section, frozen=True):
    """Who is told, and when not."""

    apprise: Annotated[
        tuple[SecretName, ...],
        Meta(title="Apprise URLs (mail, chat, …), each as env:NAME or file:PATH", max_length=20),
    ] = ()
    webhooks: Annotated[tuple[Webhook, ...], Meta(title="signed webhooks", max_length=20)] = ()
    language: Annotated[str, _text("da or en", 2, "^(da|en)$")] = "da"
    cool_down_min: Annotated[
        float, _number("same finding of one camera not told again within", "min", 0, 24 * 60)
    ] = 60.0
    quiet_from: Annotated[Hour | None, Meta(title="quiet hours begin")] = None
    quiet_to: Annotated[Hour | None, Meta(title="quiet hours end")] = None
    digest_at: Annotated[Hour | None, Meta(title="daily digest")] = None
    tries: Annotated[int, _number("tries before an alert is given up", "", 1, 50)] = 10

    def __post_init__(self) -> None:
        """Refuse half of the quiet hours."""
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("`quiet_from` and `quiet_to` belong together")


class Mqtt(_Section, frozen=True):
    """State topics for home automation."""

    host: Annotated[str, _text("broker")]
    port: Annotated[int, _number("port", "", 1, 65535)] = 1883
    tls: Annotated[bool, Meta(title="encrypt")] = False
    user: Annotated[str, Meta(title="user", max_length=80)] = ""
    password: SecretName | None = None
    prefix: Annotated[str, _text("first part of all topics", 60, r"^[\w-]+$")] = "selvvalg"
    discovery: Annotated[
        str, Meta(title="topic under which entities announce themselves; empty: none")
    ] = "homeassistant"


class Metrics(_Section, frozen=True):
    """Metrics for Prometheus at /metrics, health at /health."""

    address: Annotated[str, _text("address", 60)] = "127.0.0.1"
    port: Annotated[int, _number("port; 0 takes a free one", "", 0, 65535)] = 9140


class Retention(_Section, frozen=True):
    """How long things are kept; what is older is deleted for good."""

    pictures_days: Annotated[int, _number("pictures; the ceiling is 30", "days", 1, 3650)] = (
        PICTURE_CEILING_DAYS
    )
    findings_days: Annotated[int, _number("closed findings, without pictures", "days", 1, 3650)] = (
        365
    )
    looks_days: Annotated[int, _number("log of looks and alerts", "days", 1, 3650)] = 90
    presence_days: Annotated[
        int, _number("log of presence, which names people", "days", 1, 3650)
    ] = 90

    def __post_init__(self) -> None:
        """Hold the ceiling, which only the machine's administrator can raise."""
        if self.pictures_days > (ceiling := picture_ceiling_days()):
            raise ValueError(
                f"`pictures_days` is above the ceiling of {ceiling} days, which only the "
                f"administrator of this machine can change ({CEILING_VARIABLE})"
            )


class Presence(_Section, frozen=True):
    """Asks the person on watch to confirm presence: a recording is no supervision (section 3)."""

    every_min: Annotated[float, _number("how often to ask; 0: never", "min", 0, 24 * 60)] = 0.0
    answer_within_min: Annotated[float, _number("time to answer", "min", 1, 120)] = 10.0
    asked_from: Annotated[Hour, Meta(title="first question of a day")] = "08:00"
    asked_to: Annotated[Hour, Meta(title="last question of a day")] = "20:00"


class Settings(_Section, frozen=True):
    """All of `cameras.yaml`."""

    cameras: Annotated[tuple[Camera, ...], Meta(title="the cameras", max_length=500)]
    shop: Annotated[str, Meta(title="name of the shop", max_length=120)] = ""
    dealer: Annotated[DealerType | None, Meta(title="kind of dealer")] = None
    answers: Annotated[
        dict[str, Answer], Meta(title="answers that only a person can give, by question")
    ] = {}
    time_zone: Annotated[str, _text("time zone of all hours")] = "Europe/Copenhagen"
    watching: Watching = Watching()
    alerts: Alerts = Alerts()
    mqtt: Mqtt | None = None
    metrics: Metrics | None = Metrics()
    retention: Retention = Retention()
    presence: Presence = Presence()

    def __post_init__(self) -> None:
        """Refuse cameras of one id."""
        ids = [camera.id for camera in self.cameras]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"two cameras have the id {', '.join(twice)}")
