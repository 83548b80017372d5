"""States over MQTT, as home automation knows them: topics that stay, a last will, discovery.

<prefix>/availability                 online | offline (last will)
<prefix>/<camera>/state               JSON: status, reason, findings (rules that are open)
<prefix>/<camera>/problem             ON while anything is open or wrong
homeassistant/binary_sensor/…/config  says so to Home Assistant
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from inspector.live.secrets import revealed
from inspector.live.settings import Camera, Mqtt

LOG = logging.getLogger(__name__)


class Home:
    """Publishes the states of cameras; a broker that is away is tried again by the client.

    Args:
        settings: The broker.
        client: A client, for tests; None makes one.
    """

    def __init__(self, settings: Mqtt, client: mqtt.Client | None = None) -> None:
        self._settings = settings
        self._client = client or mqtt.Client(CallbackAPIVersion.VERSION2)
        self._told: dict[str, str] = {}
        self._announced: set[str] = set()
        self._availability = f"{settings.prefix}/availability"

    def start(self) -> None:
        """Connect in the background.

        Raises:
            WatchError: The password is not where the settings say.
        """
        settings = self._settings
        if settings.user:
            password = revealed(settings.password) if settings.password else None
            self._client.username_pw_set(settings.user, password)
        if settings.tls:
            self._client.tls_set()
        self._client.will_set(self._availability, "offline", qos=1, retain=True)
        self._client.on_connect = lambda *_: self._greet()
        self._client.connect_async(settings.host, settings.port)
        self._client.loop_start()

    def stop(self) -> None:
        """Say good-bye."""
        self._client.publish(self._availability, "offline", qos=1, retain=True)
        self._client.disconnect()
        self._client.loop_stop()

    def tell(self, camera: Camera, state: Mapping[str, object], *, is_problem: bool) -> None:
        """Publish a camera's state when it differs from what was told last."""
        self._announce(camera)
        place = f"{self._settings.prefix}/{camera.id}"
        self._publish(f"{place}/state", json.dumps(dict(state), ensure_ascii=False))
        self._publish(f"{place}/problem", "ON" if is_problem else "OFF")

    def remove(self, camera_id: str) -> None:
        """Take a camera out of the home: empty messages end what is retained."""
        for topic in [
            topic for topic in self._told if f"/{camera_id}/" in topic or f"_{camera_id}_" in topic
        ]:
            self._client.publish(topic, "", qos=1, retain=True)
            del self._told[topic]
        self._announced.discard(camera_id)

    def _greet(self) -> None:
        """Say everything again to a broker that may have forgotten it."""
        self._client.publish(self._availability, "online", qos=1, retain=True)
        for topic, payload in list(self._told.items()):
            self._client.publish(topic, payload, qos=1, retain=True)

    def _publish(self, topic: str, payload: str) -> None:
        if self._told.get(topic) != payload:
            self._told[topic] = payload
            # The client would queue all that happens while a broker is away; only the last counts,
            # and `_greet` tells it.
            if self._client.is_connected():
                self._client.publish(topic, payload, qos=1, retain=True)

    def _announce(self, camera: Camera) -> None:
        if not self._settings.discovery or camera.id in self._announced:
            return
        self._announced.add(camera.id)
        prefix, place = self._settings.prefix, f"{self._settings.prefix}/{camera.id}"
        device = {
            "identifiers": [f"{prefix}_{camera.id}"],
            "name": camera.title,
            "model": "shelf-inspector",
        }
        common = {"availability_topic": self._availability, "device": device}
        entities = {
            ("binary_sensor", "problem"): {
                "name": "Fund",
                "device_class": "problem",
                "state_topic": f"{place}/problem",
                "json_attributes_topic": f"{place}/state",
            },
            ("sensor", "status"): {
                "name": "Status",
                "state_topic": f"{place}/state",
                "value_template": "{{ value_json.status }}",
            },
        }
        for (kind, name), entity in entities.items():
            unique_id = f"{prefix}_{camera.id}_{name}"
            topic = f"{self._settings.discovery}/{kind}/{unique_id}/config"
            self._publish(topic, json.dumps({**common, **entity, "unique_id": unique_id}))
