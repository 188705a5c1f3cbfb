"""A time limit for code that may never come back, on every system and in every thread."""

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any

AGAIN = 0.5  # seconds after which it is told again, where a bare `except` has swallowed it


class OutOfTime(BaseException):
    """Raised inside code whose time is over; no `except Exception` of that code catches it."""


def within(seconds: float, function: Callable, *arguments: Any) -> Any:
    """Return `function(*arguments)`, or raise OutOfTime inside it when the time is over.

    A second thread watches the clock, and asks Python to raise the error in this one. No signal is
    needed, which Windows lacks, and no trace, which would slow each line down. The error comes
    between two steps of Python: one long step of compiled code, such as `time.sleep`, ends first,
    and so does an import, since half a package may not be imported again.
    """
    here, over = ctypes.c_ulong(threading.get_ident()), threading.Event()
    tell = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        pause = seconds
        while not over.wait(pause):
            pause = AGAIN
            if not _imports(here.value):
                tell(here, ctypes.py_object(OutOfTime))

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        try:
            return function(*arguments)
        finally:
            over.set()
    finally:  # reached even where the error came between the two lines above
        over.set()
        watcher.join()
        tell(here, None)  # what has been asked for and not yet raised


def _imports(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None
