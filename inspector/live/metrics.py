"""Metrics for Prometheus at /metrics, and /health for whoever restarts what does not answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app

from inspector.errors import WatchError
from inspector.live.settings import Metrics

_PER_CAMERA = ("camera",)


class Meters:
    """The numbers that are told; `watching` sets them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.fps_read = self._gauge(
            "fps_read", "Frames that came per second, used or not, last 30 s"
        )
        self.fps_used = self._gauge("fps_used", "Frames that were gone through per second")
        self.frames_skipped = self._gauge("frames_skipped_total", "Frames that came unused")
        self.frame_age_s = self._gauge("frame_age_seconds", "Age of the newest frame")
        self.reconnects = self._gauge("reconnects_total", "Tries after a lost stream")
        self.is_watching = self._gauge("watching", "1 while verdicts are made")
        self.open_findings = Gauge(
            "shelf_open_findings", "Open findings", ("camera", "rule"), registry=self.registry
        )
        self.look_s = Histogram(
            "shelf_look_seconds",
            "Seconds per look",
            _PER_CAMERA,
            buckets=(0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20),
            registry=self.registry,
        )
        self.queue = Gauge("shelf_look_queue", "Looks waiting or running", registry=self.registry)
        self.disk_bytes = Gauge(
            "shelf_pictures_bytes", "Room that pictures take", registry=self.registry
        )
        self.restarts = Counter(
            "shelf_worker_restarts",
            "Workers that failed and began again",
            _PER_CAMERA,
            registry=self.registry,
        )

    def remove(self, camera_id: str) -> None:
        """Forget a camera that is no longer watched."""
        for meter in (
            *(self.fps_read, self.fps_used, self.frames_skipped, self.frame_age_s),
            *(self.reconnects, self.is_watching, self.open_findings, self.look_s, self.restarts),
        ):
            meter.remove_by_labels({"camera": camera_id})

    def _gauge(self, name: str, title: str) -> Gauge:
        return Gauge(f"shelf_{name}", title, _PER_CAMERA, registry=self.registry)


class MetricsServer:
    """Serves metrics and health.

    Args:
        settings: Address and port.
        meters: The numbers.
        health: Returns whether all is well, and what is to be told.
    """

    def __init__(
        self, settings: Metrics, meters: Meters, health: Callable[[], tuple[bool, object]]
    ) -> None:
        metrics = make_wsgi_app(meters.registry)

        def answer(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
            if environ["PATH_INFO"] != "/health":
                return metrics(environ, start)  # type: ignore[no-any-return]
            is_well, told = health()
            status = "200 OK" if is_well else "503 Service Unavailable"
            start(status, [("Content-Type", "application/json; charset=utf-8")])
            return [json.dumps(told, ensure_ascii=False).encode()]

        try:
            self._server = make_server(
                settings.address,
                settings.port,
                answer,
                server_class=WSGIServer,
                handler_class=_Silent,
            )
        except OSError as error:
            raise WatchError(
                f"Metrics cannot be served at {settings.address}:{settings.port} "
                f"({error.strerror}). Choose another port in `metrics`, or leave it out."
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True
        )

    @property
    def port(self) -> int:
        """Port on which it listens."""
        return self._server.server_port

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: one line per scrape tells nobody anything."""
