"""All cameras under supervision: begun, changed and ended while the program runs.

One thread per camera decodes, one goes through its frames; looks take turns, as they share the
models. This supervisor replaces workers that fail, reads the settings again when the file changes,
and tells states, metrics and alerts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from inspector.errors import InspectorError, WatchError
from inspector.live.alerts import Alarm
from inspector.live.camera import CameraLine, Status
from inspector.live.channels import channels_of
from inspector.live.home import Home
from inspector.live.ledger import Ledger
from inspector.live.looking import Looker
from inspector.live.metrics import Meters, MetricsServer
from inspector.live.presence import PresenceWatch
from inspector.live.retention import CLEAN_EVERY_S, delete_old, disk_bytes
from inspector.live.settings import Camera, Settings
from inspector.live.settings_file import load_settings
from inspector.live.sources import Frame, open_frames
from inspector.live.streams import Retries
from inspector.live.worker import State, Worker

LOG = logging.getLogger(__name__)

TICK_S = 1.0
SEND_EVERY_S = 2.0
END_WITHIN_S = 20.0
"""A process that ends while a thread of it is inside a model is aborted: looks may end before."""

_TOLD = {
    Status.LOST: "lost",
    Status.ALARM: "alarm",
    Status.SUSPENDED: "suspended",
    Status.FAILED: "failed",
}


class Watch:
    """Watches the cameras of a settings file until it is stopped.

    Args:
        path: The settings file; read again when it changes.
        ledger: Where everything is written.
        looker_of: Makes the looker from settings: real models, or fakes in tests.
        frames: Opens cameras.
    """

    def __init__(
        self,
        path: Path,
        ledger: Ledger,
        looker_of: Callable[[Settings], Looker],
        *,
        frames: Callable[..., Iterator[Frame]] = open_frames,
    ) -> None:
        self._path, self._ledger = path, ledger
        self._looker_of, self._frames = looker_of, frames
        self._settings = load_settings(path)
        self._mark = self._file_mark()
        self._looker = looker_of(self._settings)
        self.meters = Meters()
        self.workers: dict[str, Worker] = {}
        self._retries: dict[str, Retries] = {}
        self._resume_s: dict[str, float] = {}
        self._before: dict[str, Status] = {}
        self._looks: dict[str, int] = {}
        self._said: dict[str, str] = {}
        self._stopped = threading.Event()
        self._clean_s = -CLEAN_EVERY_S
        self._home: Home | None = None
        self.server: MetricsServer | None = None
        self._equip()

    def run(self) -> None:
        """Watch until `stop` is called."""
        self.start()
        try:
            while not self._stopped.wait(TICK_S):
                self.tick()
        finally:
            self.close()

    def start(self) -> None:
        """Begin with all cameras.

        Raises:
            WatchError: Metrics or MQTT cannot be set up.
        """
        for row in self._ledger.cameras():  # cameras that were removed while nobody watched
            if row.camera_id not in {camera.id for camera in self._settings.cameras}:
                self._ledger.remove_camera(row.camera_id)
        if self._settings.metrics is not None:
            self.server = MetricsServer(self._settings.metrics, self.meters, self.health)
            self.server.start()
        if self._settings.mqtt is not None:
            self._home = Home(self._settings.mqtt)
            self._home.start()
        self._begin_all()
        threading.Thread(target=self._send, name="alerts", daemon=True).start()

    def stop(self) -> None:
        """Ask it to end."""
        self._stopped.set()

    def close(self) -> None:
        """End all workers; a look under way is finished first."""
        self._stopped.set()
        LOG.info("Watching ends; a look under way is finished first.")
        self._looker.end()
        for worker in self.workers.values():
            worker.ask_to_stop()
        until_s = time.monotonic() + END_WITHIN_S
        for worker in self.workers.values():
            worker.stop(timeout_s=max(0.1, until_s - time.monotonic()))
        if self._home is not None:
            self._home.stop()
        if self.server is not None:
            self.server.stop()

    def tick(self) -> None:
        """Go round once: settings, workers, states, presence, retention.

        Whatever fails, be it a database that is away, is logged: the other steps and the cameras go
        on, and the next round tries again.
        """
        steps = self._read_again, self._mend, self._begin_all, self._tell, self._ask, self._clean
        for step in steps:
            try:
                step()
            except InspectorError as error:
                LOG.error("%s", error)
            except Exception:
                LOG.exception("A step of the supervision failed")

    def health(self) -> tuple[bool, object]:
        """Return whether every camera is watched, and how each is."""
        states = {name: worker.state() for name, worker in list(self.workers.items())}
        told = {
            name: {"status": state.status.value, "reason": state.reason, "problem": state.problem}
            for name, state in states.items()
        }
        return not any(state.status in _TOLD for state in states.values()), {"cameras": told}

    def _equip(self) -> None:
        zone = ZoneInfo(self._settings.time_zone)
        self._zone = zone
        alerts = self._settings.alerts
        self._alarm = Alarm(alerts, channels_of(alerts), self._ledger, zone)
        self._presence = PresenceWatch(
            self._settings.presence,
            self._ledger,
            zone,
            on_unanswered=lambda asked_at, now: self._alarm.presence(asked_at, now),
        )

    def _now(self) -> datetime:
        return datetime.now(self._zone)

    def _begin_all(self) -> None:
        """Begin with every camera that has no worker: new, changed, failed, or not begun before."""
        for camera in self._settings.cameras:
            if camera.id not in self.workers:
                self._begin(camera)

    def _begin(self, camera: Camera) -> None:
        line = CameraLine(
            camera,
            self._settings.watching,
            looker=self._looker,
            ledger=self._ledger,
            on_change=lambda camera, change, at: self._alarm.finding(camera, change, at),
        )
        worker = Worker(camera, self._settings.watching, line, now=self._now, frames=self._frames)
        self.workers[camera.id] = worker
        self._looks[camera.id] = 0
        worker.start()

    def _end(self, camera_id: str) -> None:
        self.workers.pop(camera_id).stop(timeout_s=2.0)
        self._looker.forget(camera_id)

    def _read_again(self) -> None:
        """Take over a settings file that has changed; one that is wrong changes nothing."""
        mark = self._file_mark()
        if mark == self._mark:
            return
        self._mark = mark
        try:
            new = load_settings(self._path)
        except WatchError as error:
            LOG.error("%s Watching goes on with the settings before.", error)
            return
        old, self._settings = self._settings, new
        if (old.metrics, old.mqtt) != (new.metrics, new.mqtt):
            LOG.warning("metrics and mqtt change when `inspector watch` starts again.")
        before = {camera.id: camera for camera in old.cameras}
        after = {camera.id: camera for camera in new.cameras}
        is_all_new = msgspec.structs.replace(old, cameras=()) != msgspec.structs.replace(
            new, cameras=()
        )
        if is_all_new:
            self._looker = self._looker_of(new)
            self._equip()
            self._clean_s = -CLEAN_EVERY_S  # what may be kept for a shorter time now goes now
        for camera_id in [*self.workers]:
            if is_all_new or after.get(camera_id) != before.get(camera_id):
                self._end(camera_id)
        LOG.info("Settings were read again: %s cameras", len(new.cameras))
        for camera_id in before.keys() - after.keys():
            self._remove(camera_id)

    def _remove(self, camera_id: str) -> None:
        self.meters.remove(camera_id)
        self._before.pop(camera_id, None)
        if self._home is not None:
            self._home.remove(camera_id)
        self._ledger.remove_camera(camera_id)

    def _mend(self) -> None:
        """End workers that failed, ever later, within their budget; they begin again at once."""
        now_s = time.monotonic()
        for camera_id, worker in list(self.workers.items()):
            if not worker.has_failed:
                continue
            if camera_id not in self._resume_s:
                retries = self._retries.setdefault(camera_id, Retries(self._settings.watching))
                self._resume_s[camera_id] = now_s + retries.next_pause_s(now_s)
                self.meters.restarts.labels(camera_id).inc()
            elif now_s >= self._resume_s[camera_id]:
                del self._resume_s[camera_id]
                self._end(camera_id)

    def _ask(self) -> None:
        """Ask for presence, and write the digest, when their hours have come."""
        self._presence.tick(self._now())
        self._alarm.digest(self._now())

    def _clean(self) -> None:
        """Delete what was kept long enough, every hour."""
        if time.monotonic() - self._clean_s >= CLEAN_EVERY_S:
            self._clean_s = time.monotonic()
            retention = self._settings.retention
            self._ledger.note_settings_days(msgspec.structs.asdict(retention))
            delete_old(self._ledger, retention, self._now())
            self.meters.disk_bytes.set(disk_bytes(self._ledger))

    def _tell(self) -> None:
        """Write and publish how every camera is; alert when that changes for the worse."""
        now, rows = self._now(), {}
        for camera_id, worker in self.workers.items():
            state = worker.state()
            rows[camera_id] = self._row(worker, state, now)
            self._measure(worker, state, now)
            self._alert(worker.camera, state, now)
            said = f"{state.status} ({state.reason})" if state.reason else str(state.status)
            if self._said.get(camera_id) != said:
                LOG.info("%s: %s", camera_id, said)
                self._said[camera_id] = said
            if self._home is not None:
                rules = sorted(worker.line.open_rules)
                told = {"status": state.status.value, "reason": state.reason, "findings": rules}
                is_problem = bool(rules) or state.status in _TOLD
                self._home.tell(worker.camera, told, is_problem=is_problem)
        self._ledger.put_statuses(rows)
        self.meters.queue.set(self._looker.waiting)

    def _row(self, worker: Worker, state: State, now: datetime) -> dict[str, object]:
        health, line = worker.stream.health, worker.line
        return {
            "name": worker.camera.title,
            "source": worker.camera.shown_source,
            "status": state.status.value,
            "reason": state.reason,
            "problem": state.problem,
            "frame_at": state.frame_at,
            "look_at": line.look_at,
            "look_s": line.look_s,
            "frames_read": health.frames_read,
            "frames_skipped": health.frames_skipped,
            "reconnects": health.reconnects,
            "looks": line.looks,
            "not_kept": line.not_kept,
            "updated_at": now,
        }

    def _measure(self, worker: Worker, state: State, now: datetime) -> None:
        meters, name, health = self.meters, worker.camera.id, worker.stream.health
        meters.fps_read.labels(name).set(state.fps_read)
        meters.fps_used.labels(name).set(state.fps_used)
        meters.frames_skipped.labels(name).set(health.frames_skipped)
        meters.reconnects.labels(name).set(health.reconnects)
        meters.is_watching.labels(name).set(state.status is Status.WATCHING)
        if state.frame_at is not None:
            meters.frame_age_s.labels(name).set((now - state.frame_at).total_seconds())
        if worker.line.looks > self._looks[name] and worker.line.look_s is not None:
            self._looks[name] = worker.line.looks
            meters.look_s.labels(name).observe(worker.line.look_s)
        meters.open_findings.remove_by_labels({"camera": name})
        for rule in worker.line.open_rules:
            meters.open_findings.labels(name, rule).set(1)

    def _alert(self, camera: Camera, state: State, now: datetime) -> None:
        before = self._before.get(camera.id, Status.STARTING)
        if state.status in (before, Status.STARTING) or state.reason == "dark":
            return  # a shop at night is no alarm
        if state.status in _TOLD:
            self._alarm.status(camera, _TOLD[state.status], now, reason=state.reason)
        elif state.status is Status.WATCHING and before in _TOLD:
            self._alarm.status(camera, "back", now)
        self._before[camera.id] = state.status  # now: what could not be written is told later

    def _send(self) -> None:
        """Send alerts in a thread of its own: a mail server may take its time."""
        while not self._stopped.wait(SEND_EVERY_S):
            try:
                self._alarm.send_due(self._now())
            except Exception:
                LOG.exception("Alerts could not be sent")

    def _file_mark(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0)  # being replaced; the next round finds it
        return found.st_mtime_ns, found.st_size
