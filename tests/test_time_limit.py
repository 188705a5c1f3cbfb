"""A reader's endless loop ends in a verdict, whichever exercise it is given to."""

import importlib
import subprocess
import sys
import threading
import time

import pytest

from notebooklib import exercises
from notebooklib.exercises import EXERCISES, _clock, check
from notebooklib.exercises._clock import OutOfTime, within


def endless(*given, **named):
    while True:
        pass


def stubborn(*given, **named):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            pass


def deaf(*given, **named):
    try:
        endless()
    except:  # noqa: E722  what a reader may write
        endless()


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.05)
    monkeypatch.setattr(_clock, "AGAIN", 0.05)


def test_every_checker_of_a_function_ends(monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.02)
    monkeypatch.setattr(_clock, "AGAIN", 0.01)
    said = {number: check(number, endless) for number in EXERCISES}
    assert not any(said.values())
    late = [n for n, verdict in said.items() if "not come back within 0.02 s" in verdict.message]
    assert len(late) >= 10
    assert threading.active_count() < 5


@pytest.mark.parametrize("loop", [endless, stubborn])
def test_the_call_that_never_ends_is_named(loop):
    message = check("1.8", loop).message
    assert message.startswith(f"{loop.__name__}(") and "a loop that never ends" in message


def test_a_swallowed_error_is_raised_again():
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        within(0.1, deaf)
    assert time.monotonic() - begun < 5


def test_it_works_in_another_thread_too():
    said = []
    thread = threading.Thread(target=lambda: said.append(check("1.8", endless)))
    thread.start()
    thread.join(10)
    assert said and "not come back" in said[0].message


def test_what_comes_back_in_time_is_left_alone():
    assert within(5, sum, range(10)) == 45
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 / 0)


def test_an_error_that_comes_at_the_last_moment_stays_inside():
    came = []
    for _ in range(200):  # the time ends before, while and after the function does
        try:
            came.append(within(0.0005, sum, range(2000)))
        except OutOfTime:
            came.append("late")
    time.sleep(2 * _clock.AGAIN)  # nothing is raised any more
    assert set(came) <= {sum(range(2000)), "late"} and threading.active_count() < 5


def test_an_import_is_not_cut_in_two(tmp_path, monkeypatch):
    (tmp_path / "a_slow_module.py").write_text("import time\nfor _ in range(30): time.sleep(0.01)")
    monkeypatch.syspath_prepend(tmp_path)
    assert within(0.05, importlib.import_module, "a_slow_module").time is time


AFTERWARDS = """
import sys
from notebooklib.exercises._clock import OutOfTime, within

def endless():
    while True: pass

def traced():
    steps = []
    def trace(frame, event, arg):
        frame.f_trace_opcodes = True
        steps.append(event)
        return trace
    sys.settrace(trace)
    sum(i for i in range(10))
    [i for i in range(10)]
    sys.settrace(None)
    return len(steps)

before = traced()
assert within(5, lambda: 7) == 7
assert traced() == before
try:
    within(0.1, endless)
except OutOfTime:
    pass
assert traced() == before
"""


def test_a_debugger_works_after_a_check():
    done = subprocess.run([sys.executable, "-c", AFTERWARDS], timeout=60, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
