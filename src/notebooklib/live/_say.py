"""Texts with live numbers, filled as live.js fills them: first numbers, then what they pick."""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from notebooklib._validate import _refuse

NUMBER = re.compile(r"\{([A-Za-z_][\w.]*)(?:\[(\d+)\])?(?::\.(\d)f)?\}")
PICK = re.compile(r"\{([A-Za-z_][\w.]*)((?:\|[^|{}]*)+)\}")


def named_in(text: str) -> set[str]:
    """Return the names of all outputs that a text speaks of."""
    return {m[1] for m in NUMBER.finditer(text)} | {
        m[1] for m in PICK.finditer(NUMBER.sub("", text))
    }


def say(text: str, read: Mapping[str, Any], name: str = "text") -> str:
    """Return a text with the numbers that `read` holds."""

    def value(key: str, index: str | None = None) -> float:
        if key not in read:
            _refuse(name, f"names out of {', '.join(read)}", repr(key))
        flat = read[key].detach().double().flatten()
        if int(index or 0) >= len(flat):
            _refuse(name, f"an index below {len(flat)}", f"{key}[{index}]")
        return flat[int(index or 0)].item()

    def picked(found: re.Match) -> str:
        texts, number = found[2].split("|")[1:], value(found[1])
        if not 0 <= number < len(texts):
            _refuse(name, f"{found[1]} from 0 to {len(texts) - 1}, a text for each", f"{number:g}")
        return texts[math.floor(number + 0.5)]

    filled = NUMBER.sub(lambda m: written(value(m[1], m[2]), int(m[3] or 0)), text)
    if stray := re.search(r"[{}]", PICK.sub("", filled)):
        _refuse(
            name,
            "{name}, {name:.2f}, {name[1]:.2f} or {name|zero|one}",
            repr(filled[stray.start() :]),
        )
    return PICK.sub(picked, filled)


def written(number: float, digits: int) -> str:
    """Return a number with a true minus sign, rounded as a browser rounds: halves away from 0."""
    if math.isnan(number):
        return "undefined"
    if abs(number) >= 1e15:
        return ("−" if number < 0 else "") + "∞"
    text = str(Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
    return re.sub(r"^-(?=.*[1-9])", "−", text) if re.search("[1-9]", text) else text.lstrip("-")
