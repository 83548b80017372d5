import threading

import numpy as np
import pytest

from inspector.errors import WatchError
from inspector.live.settings import Camera, Watching
from inspector.live.sources import Frame
from inspector.live.streams import Link, Retries, Stream
from tests.live.waiting import until

WATCHING = Watching(retry_after=10, retry_at_most=60, retries_per_hour=5)
CAMERA = Camera(id="a", source="rtsp://10.0.0.2/live")


def frame(n, skipped=0):
    return Frame(np.full((4, 4, 3), n, np.uint8), float(n), skipped)


def test_pauses_grow_and_begin_short_again():
    retries = Retries(WATCHING)
    assert [retries.next_pause_s(t) for t in (0, 20, 50)] == [10, 20, 40]
    retries.succeeded()
    assert retries.next_pause_s(100) == 10


def test_a_spent_budget_is_an_alarm_until_the_hour_is_over():
    retries = Retries(WATCHING)
    pauses = [retries.next_pause_s(t) for t in range(6)]
    assert retries.is_spent
    assert pauses[-1] == 60
    retries.next_pause_s(4000)
    assert not retries.is_spent


class Day:
    """A day that passes as fast as it can: a clock, and a stream's way to wait until it is over."""

    def __init__(self):
        self.now_s = 0.0
        self.seen = []

    def clock(self):
        return self.now_s

    def is_set(self):
        return self.now_s >= 24 * 3600

    def wait(self, pause_s):
        for _ in range(max(1, round(pause_s))):
            self.now_s += 1.0
            self.seen.append((self.now_s, self.stream.health.link))

    def watch(self, frames, **watching):
        self.stream = Stream(CAMERA, Watching(**watching), clock=self.clock, frames=frames)
        self.stream._stopped = self
        self.stream._run()
        return self.seen


@pytest.mark.parametrize("watching", [{}, {"retry_at_most": 3600}, {"retries_per_hour": 360}])
def test_a_camera_that_is_dead_for_a_day_is_an_alarm_after_a_quarter_of_an_hour(watching):
    day = Day()

    def frames(camera, *, timeout_s, **_):
        day.wait(timeout_s)
        raise WatchError("a: no answer")
        yield

    seen = day.watch(frames, **watching)
    alarms_s = [at_s for at_s, link in seen if link is Link.ALARM]
    assert alarms_s[0] == 15 * 60
    assert len(alarms_s) == len([at_s for at_s, _ in seen if at_s >= 15 * 60]), "until it is back"


def test_a_camera_that_comes_and_goes_all_day_is_an_alarm_within_the_hour():
    day = Day()

    def frames(camera, **_):
        for n in range(120):
            day.wait(1)
            yield frame(n)
        raise WatchError("a: gone")

    seen = day.watch(frames)
    first_s = next(at_s for at_s, link in seen if link is Link.ALARM)
    assert 600 < first_s < 3600


def test_a_library_that_hangs_while_it_connects_is_lost_and_then_an_alarm():
    now = [0.0]
    stream = Stream(CAMERA, Watching(), clock=lambda: now[0])
    now[0] = 15.1
    assert stream.health.link is Link.LOST
    now[0] = 15 * 60
    assert stream.health.link is Link.ALARM


def test_the_newest_frame_wins_and_the_others_are_counted():
    go_on = threading.Event()

    def frames(camera, **_):
        yield from (frame(1), frame(2, skipped=3), frame(3))
        go_on.wait(5)

    stream = Stream(CAMERA, WATCHING, frames=frames)
    stream.start()
    until(lambda: stream.health.frames_read == 3)
    assert stream.take().image_bgr[0, 0, 0] == 3
    assert stream.take() is None
    assert stream.health.frames_skipped == 5
    assert stream.health.frames_came == 6
    go_on.set()
    stream.stop()


def test_a_lost_stream_comes_back():
    tries = []

    def frames(camera, **_):
        tries.append(camera.id)
        if len(tries) == 1:
            raise WatchError("a: gone")
        yield frame(1)
        threading.Event().wait(5)

    stream = Stream(CAMERA, Watching(retry_after=1), frames=frames)
    stream.start()
    until(lambda: stream.health.link is Link.LOST)
    assert stream.health.problem == "a: gone"
    until(lambda: stream.health.link is Link.CONNECTED)
    assert stream.health.reconnects == 1
    stream.stop(timeout_s=0)


def test_a_stream_without_frames_is_lost_within_the_time_that_was_set():
    now = [0.0]
    go_on = threading.Event()

    def frames(camera, **_):
        yield frame(1)
        go_on.wait(5)  # a library that hangs

    stream = Stream(CAMERA, WATCHING, clock=lambda: now[0], frames=frames)
    stream.start()
    until(lambda: stream.health.link is Link.CONNECTED)
    now[0] = 14.9
    assert stream.health.link is Link.CONNECTED
    now[0] = 15.1
    assert stream.health.link is Link.LOST
    go_on.set()
    stream.stop()


def test_a_file_ends_and_is_not_lost():
    stream = Stream(
        Camera(id="a", source="shelf.mp4"), WATCHING, frames=lambda camera, **_: iter([frame(1)])
    )
    stream.start()
    until(lambda: stream.health.link is Link.ENDED)
    assert stream.take() is not None
    stream.stop()
