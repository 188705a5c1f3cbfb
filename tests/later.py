"""Answers that are dear to make: made when they are tried, not when the tests are collected."""

from collections.abc import Callable
from typing import Any


class Later:
    """Holds a function that makes an answer."""

    def __init__(self, make: Callable[[], Any]):
        self.make = make


def made(answer: Any) -> Any:
    """Return the answer itself."""
    return answer.make() if isinstance(answer, Later) else answer
