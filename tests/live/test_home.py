"""States over MQTT, with a real broker."""

import json
import shutil
import socket
import subprocess

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from inspector.live.home import Home
from inspector.live.settings import Camera, Mqtt
from tests.live.waiting import until

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
CAMERA = Camera(id="left", source="/dev/video0", name="Venstre")
TOLD = {"status": "watching", "reason": "", "findings": ["signage"]}


@pytest.fixture
def broker(tmp_path):
    """A broker on this machine; returns its port."""
    if MOSQUITTO is None:
        pytest.skip("no MQTT broker is installed: apt install mosquitto")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    running = subprocess.Popen([MOSQUITTO, "-c", str(settings)], stderr=subprocess.DEVNULL)
    until(lambda: answers(port))
    yield port
    running.terminate()
    running.wait(10)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def heard(broker):
    """What somebody who comes later hears: topics that stay."""
    topics = {}
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda c, _, message: topics.update(
        {message.topic: message.payload.decode()}
    )
    client.on_connect = lambda *_: client.subscribe("#", qos=1)
    client.connect_async("127.0.0.1", broker)
    client.loop_start()
    yield topics
    client.disconnect()
    client.loop_stop()


def test_states_reach_a_broker_and_stay(broker, heard):
    home = Home(Mqtt(host="127.0.0.1", port=broker))
    home.start()
    home.tell(CAMERA, TOLD, is_problem=True)
    until(lambda: heard.get("selvvalg/availability") == "online")
    until(lambda: heard.get("selvvalg/left/problem") == "ON")
    assert json.loads(heard["selvvalg/left/state"]) == TOLD
    assert "homeassistant/sensor/selvvalg_left_status/config" in heard
    home.remove("left")
    until(lambda: heard["selvvalg/left/problem"] == "")
    home.stop()
    until(lambda: heard["selvvalg/availability"] == "offline")


def test_the_last_will_tells_of_a_program_that_ended_in_the_middle(broker, heard):
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    home = Home(Mqtt(host="127.0.0.1", port=broker), client)
    home.start()
    until(lambda: heard.get("selvvalg/availability") == "online")
    client.socket().shutdown(socket.SHUT_RDWR)  # no good-bye
    client.loop_stop()
    until(lambda: heard["selvvalg/availability"] == "offline")
