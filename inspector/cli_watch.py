"""`inspector watch`: live cameras, and what it takes to set one up."""

from __future__ import annotations

import logging
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import cv2
import msgspec
import typer

from inspector.catalogue.matching import DatedMatcher
from inspector.data_folder import data_folder
from inspector.errors import OutputError, WatchError
from inspector.inspection import LESSONS, register_in_use
from inspector.live.alerts import Alarm, Words
from inspector.live.area import ImageBgr, ShelfArea
from inspector.live.channels import channels_of
from inspector.live.ledger import Ledger
from inspector.live.looking import Looker
from inspector.live.people import NotKept, People, without_people
from inspector.live.remembering import RememberedView
from inspector.live.settings import Camera, Settings
from inspector.live.settings_file import load_settings
from inspector.live.signs import live_words
from inspector.live.sources import open_frames
from inspector.live.still import Still
from inspector.live.votes import LANGS
from inspector.live.watching import Watch
from inspector.report.crops import picture_jpeg
from inspector.terminal import out
from inspector.vision.tags import find_tags

if TYPE_CHECKING:
    from inspector.live.people_found import DetectedPeople
    from inspector.vision.scene_reader import SceneReader

app = typer.Typer()

SET_UP_FRAMES = 5
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
        out.print(f"{config}: {len(settings.cameras)} cameras", highlight=False)
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
        DatedMatcher(register_in_use()),
        dealer=settings.dealer,
        answers=settings.answers,
    )


@cache
def _models() -> SceneReader:
    from inspector.vision.scene_reader import SceneReader  # PyTorch's import alone takes seconds

    return SceneReader(lessons=data_folder() / LESSONS)


def _people() -> DetectedPeople:
    from inspector.live.people_found import DetectedPeople

    return DetectedPeople(_models().detector)


def _set_up(camera: Camera, settings: Settings, ledger: Ledger, out_file: Path) -> None:
    """Take a picture of the view, without people, and keep where the kit stands in it."""
    still = Still(busy_every_s=float("inf"))
    width, height = 0, 0
    for n, frame in enumerate(open_frames(camera, timeout_s=settings.watching.lost_after), start=1):
        height, width = frame.image_bgr.shape[:2]
        still.see(frame.image_bgr, time.monotonic(), is_moving=False, is_wanted=True)
        if n == SET_UP_FRAMES:
            break
    picture = still.quiet_picture()
    if picture is None:
        raise WatchError(f"{camera.id}: {camera.shown_source} gave too few frames. Try again.")
    tags = find_tags(picture.crop_bgr)
    if tags:
        ledger.put_setup(camera.id, replace(ledger.setup(camera.id), tags=tags))
    area = ShelfArea(camera.shelf_area, (width, height))
    found = _people().find(picture.crop_bgr)
    # A person asked for it and looks at it: whoever may be one is blurred, and doubt keeps nothing
    # from being shown.
    shown = without_people(
        picture.crop_bgr, People(found.sure + found.unsure), is_reliable=True, possible=()
    )
    if isinstance(shown, NotKept):
        raise WatchError(f"{camera.id}: the picture cannot be shown without people. Try again.")
    _draw_grid(shown, area)
    write_bytes = picture_jpeg(shown, None, photo_width_px=width, width_px=width)
    try:
        out_file.write_bytes(write_bytes)
    except OSError as error:
        raise OutputError(f"{out_file} cannot be written: {error.strerror}.") from error
    out.print(f"{out_file}: {width} × {height} px; {len(tags)} tags of the kit", highlight=False)


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
    now = datetime.now(UTC)
    alerts = msgspec.structs.replace(settings.alerts, quiet_from=None, quiet_to=None)
    alarm = Alarm(alerts, channels, ledger, ZoneInfo(settings.time_zone))
    words = {
        lang: Words(live_words(lang)["alert_test"], live_words(lang)["alert_test_text"])
        for lang in LANGS
    }
    alarm.tell("", "test", now.isoformat(), words, now)
    out.print(f"{alarm.send_due(now)} / {len(channels)}", highlight=False)
