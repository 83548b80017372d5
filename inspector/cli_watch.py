"""`inspector watch`: live cameras, and what it takes to set one up."""

from __future__ import annotations

import logging
import signal
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import cv2
import msgspec
import typer

from inspector.data_folder import data_folder
from inspector.domain.verdict import Box
from inspector.errors import OutputError, WatchError
from inspector.inspection import LESSONS, MatchersInUse
from inspector.live.alerts import Alarm, Words
from inspector.live.area import ImageBgr, ShelfArea, small_gray
from inspector.live.channels import channels_of
from inspector.live.gate import Gate
from inspector.live.ledger import Ledger
from inspector.live.looking import Looker
from inspector.live.people import FACE_SIZE, Baseline, NotKept, People, without_people
from inspector.live.remembering import RememberedView
from inspector.live.secrets import revealed
from inspector.live.settings import Camera, Settings, Watching
from inspector.live.settings_file import load_settings
from inspector.live.signs import live_words
from inspector.live.sources import open_frames
from inspector.live.still import Still, StillPicture
from inspector.live.votes import LANGS
from inspector.live.watching import Watch
from inspector.memory import return_large_pieces
from inspector.report.crops import picture_jpeg
from inspector.terminal import out
from inspector.vision.tags import find_tags

if TYPE_CHECKING:
    from inspector.live.people_found import DetectedPeople
    from inspector.vision.scene_reader import SceneReader

app = typer.Typer()

SET_UP_S = 30.0
"""So long a view is watched before it is shown: hardly anybody stands still for longer."""

_GRID_PX = 100
_GRID_BGR = (120, 0, 200)


@app.command()
def watch(
    config: Annotated[Path, typer.Argument(help="Settings of the cameras, see docs/cameras.md.")],
    set_up: Annotated[
        str | None,
        typer.Option(
            help="Id of a camera: take one picture with a grid of pixels to mark the shelf on, and "
            "keep the tags of the reference kit if it stands in view."
        ),
    ] = None,
    out_file: Annotated[
        Path, typer.Option("--out", help="Where --set-up writes that picture.")
    ] = Path("set-up.jpg"),
    check: Annotated[
        bool, typer.Option("--check", help="Only read the settings and say whether they fit.")
    ] = False,
    test_alert: Annotated[
        bool, typer.Option("--test-alert", help="Send one alert to every channel, and end.")
    ] = False,
) -> None:
    """Watch live cameras until stopped; the dashboard shows what they see."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings(config)
    if check:
        for lang in LANGS:
            said = live_words(lang)["check_fits"].format(file=config, n=len(settings.cameras))
            out.print(said, highlight=False)
        _warn_of_secrets(settings)
        return
    ledger = Ledger.open()
    if test_alert:
        _send_test(settings, ledger)
        return
    if set_up is not None:
        camera = next((camera for camera in settings.cameras if camera.id == set_up), None)
        if camera is None:
            known = ", ".join(camera.id for camera in settings.cameras)
            raise WatchError(f"{config} has no camera {set_up}. Expected one of {known}.")
        _set_up(camera, settings, ledger, out_file)
        return
    return_large_pieces()
    running = Watch(config, ledger, _looker)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: running.stop())
    for lang in LANGS:
        out.print(live_words(lang)["supervision_note"].strip(), style="yellow", highlight=False)
    running.run()


def _looker(settings: Settings) -> Looker:
    """Return the looker with the shipped models, which all cameras share."""
    reader = _models()
    return Looker(
        lambda camera_id: RememberedView(reader),
        _people(),
        MatchersInUse(),
        dealer=settings.dealer,
        answers=settings.answers,
    )


@cache
def _models() -> SceneReader:
    # PyTorch's import alone takes seconds.
    from inspector.vision.scene_reader import SceneReader
    from inspector.vision.text import TextReader

    # What changes in a view is of ever other sizes.
    return SceneReader(lessons=data_folder() / LESSONS, text_reader=TextReader(is_lean=True))


def _people() -> DetectedPeople:
    from inspector.live.people_found import DetectedPeople

    return DetectedPeople(_models().detector)


def _set_up(camera: Camera, settings: Settings, ledger: Ledger, out_file: Path) -> None:
    """Take a picture of the shelf area, without people, and keep where the kit stands in the view.

    Raises:
        WatchError: The stream is too short, or something as large as a face moved that the
            detector does not find: it may be a person.
    """
    for lang in LANGS:
        out.print(live_words(lang)["set_up_wait"].format(seconds=round(SET_UP_S)), highlight=False)
    area, picture, possible = _still_view(camera, settings.watching)
    width, height = area.image_wh
    tags = find_tags(picture.crop_bgr)
    if tags:
        ledger.put_setup(camera.id, replace(ledger.setup(camera.id), tags=tags))
    crop_bgr = area.cropped(picture.crop_bgr)
    found = _people().find(crop_bgr)
    # A person asked for it and looks at it: whoever may be one is blurred. Whom the detector
    # misses has moved, and then there is no picture.
    shown = without_people(
        crop_bgr, People(found.sure + found.unsure), is_reliable=True, possible=possible
    )
    if isinstance(shown, NotKept):
        raise WatchError(
            f"{camera.id}: there is no picture, because something as large as a face moved before "
            "the shelf within the last half minute. Expected a shelf before which nobody stands. "
            "Try again."
        )
    framed = area.framed(shown)
    _draw_grid(framed, area)
    write_bytes = picture_jpeg(framed, None, photo_width_px=width, width_px=width)
    try:
        out_file.write_bytes(write_bytes)
    except OSError as error:
        raise OutputError(f"{out_file} cannot be written: {error.strerror}.") from error
    out.print(f"{out_file}: {width} × {height} px; {len(tags)} tags of the kit", highlight=False)


def _still_view(
    camera: Camera, watching: Watching
) -> tuple[ShelfArea, StillPicture, tuple[Box, ...]]:
    """Watch a view for a while; return it without those who passed by, in memory only.

    Returns:
        The shelf area; the median of the last frames, as large as they are; and boxes, in pixels
        of the shelf's crop, of what moved meanwhile and is as large as a face.
    """
    gate, baseline, still = Gate(watching), Baseline(SET_UP_S), Still(busy_every_s=float("inf"))
    for frame in open_frames(camera, timeout_s=watching.lost_after):
        height, width = frame.image_bgr.shape[:2]
        area = ShelfArea(camera.shelf_area, (width, height))
        small = small_gray(area.cropped(frame.image_bgr))
        gate.see(small, frame.at_s)
        baseline.see(small, gate.moved_s, frame.at_s)
        still.see(frame.image_bgr, frame.at_s, is_moving=False, is_wanted=True)
        picture = still.quiet_picture() if baseline.is_settled else None
        if picture is not None:
            left, top, right, bottom = area.box_xyxy_px
            possible = baseline.possible_people(
                crop_wh=(right - left, bottom - top),
                unknown=picture.unknown[top:bottom, left:right],
                size=FACE_SIZE,
            )
            return area, picture, possible
    raise WatchError(
        f"{camera.id}: {camera.shown_source} ended too soon. Expected {SET_UP_S:.0f} s of "
        "the view; let a recording begin again (repeat: true)."
    )


def _draw_grid(image_bgr: ImageBgr, area: ShelfArea) -> None:
    """Draw lines every hundred pixels with their numbers, and the shelf area as it is set."""
    height, width = image_bgr.shape[:2]
    for x in range(0, width, _GRID_PX):
        cv2.line(image_bgr, (x, 0), (x, height), _GRID_BGR, 1)
        cv2.putText(image_bgr, str(x), (x + 2, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _GRID_BGR, 1)
    for y in range(0, height, _GRID_PX):
        cv2.line(image_bgr, (0, y), (width, y), _GRID_BGR, 1)
        cv2.putText(image_bgr, str(y), (2, y + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _GRID_BGR, 1)
    left, top, right, bottom = area.box_xyxy_px
    cv2.rectangle(image_bgr, (left, top), (right - 1, bottom - 1), (0, 200, 0), 2)


def _send_test(settings: Settings, ledger: Ledger) -> None:
    channels = channels_of(settings.alerts)
    if not channels:
        raise WatchError("No channel is set. Expected `alerts:` with `apprise` or `webhooks`.")
    now = datetime.now(UTC)
    alerts = msgspec.structs.replace(settings.alerts, quiet_from=None, quiet_to=None)
    alarm = Alarm(alerts, channels, ledger, ZoneInfo(settings.time_zone))
    words = {
        lang: Words(live_words(lang)["alert_test"], live_words(lang)["alert_test_text"])
        for lang in LANGS
    }
    alarm.tell("", "test", now.isoformat(), words, now)
    arrived = alarm.send_due(now)
    for lang in LANGS:
        said = live_words(lang)["alert_test_sent"].format(n=arrived, channels=len(channels))
        out.print(said, highlight=False)
    if arrived < len(channels):
        raise WatchError("Not every channel took the alert; the reasons stand above.")


def _warn_of_secrets(settings: Settings) -> None:
    """Say which secrets are not where the settings tell; they may lie on another machine."""
    alerts, mqtt = settings.alerts, settings.mqtt
    names = [camera.password for camera in settings.cameras] + list(alerts.apprise)
    names += [webhook.secret for webhook in alerts.webhooks] + [mqtt.password if mqtt else ""]
    for name in filter(None, dict.fromkeys(names)):
        try:
            revealed(name)
        except WatchError as error:
            out.print(str(error), style="yellow", highlight=False)
