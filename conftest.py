"""Settings of every test run: the kernels' environment, pictures compared, browser on request."""

import base64
import copy
import io
import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

from tools.kernels import ENVIRONMENT

ROOT = Path(__file__).parent
WITH_BROWSER = (
    "test_book.py",
    "test_accessibility.py",
    "test_lab.py",
    "test_live_operations.py",
    "test_live_page.py",
)

settings.register_profile("book", derandomize=True, deadline=None)
settings.load_profile("book")


def pytest_addoption(parser):
    parser.addoption("--browser", action="store_true", help="also walk the built pages in Chromium")
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")


def pytest_configure(config):
    os.environ.update(ENVIRONMENT)  # inherited by every kernel that nbval starts
    if getattr(config.option, "nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "nbval_sanitize.cfg")
    if config.pluginmanager.hasplugin("nbval"):
        compare_pictures_too()


def pytest_ignore_collect(collection_path, config):
    """Leave the browser's tests out unless they are asked for."""
    if collection_path.name in WITH_BROWSER and not config.getoption("--browser"):
        return True
    return None


def pytest_collection_modifyitems(config, items):
    """Leave slow tests out unless they are asked for."""
    if not config.getoption("--slow"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(autouse=True)
def quiet_figures(monkeypatch):
    """Draw without a screen, close what a test leaves open."""
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    yield
    plt.close("all")


def compare_pictures_too():
    """Let nbval see what it leaves out or takes too exactly.

    PNGs, which it does not compare, are compared as 32×32 thumbnails, loosely; SVGs, whose bytes
    change with matplotlib's version, only through the PNG and the texts that stand beside them;
    and the numbers in the text form of a move or a live figure may differ in their last digits.
    """
    from nbval.plugin import IPyNbCell

    if getattr(IPyNbCell, "compares_pictures", False):
        return
    strict = IPyNbCell.compare_outputs

    def compare_outputs(self, test, ref, skip_compare=None):
        skip_compare = (*(skip_compare or self.parent.skip_compare), "image/svg+xml")
        test = with_equal_sizes(with_equal_sums(test, ref), ref)
        if not strict(self, test, ref, skip_compare):
            return False
        stored, now = (
            [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]
            for outputs in (ref, test)
        )
        if len(stored) != len(now):
            self.comparison_traceback.append(f"pictures: stored {len(stored)}, now {len(now)}")
            return False
        for number, (old, new) in enumerate(zip(stored, now, strict=True)):
            difference = picture_difference(old, new)
            if difference:
                self.comparison_traceback.append(f"picture {number}: {difference}")
                return False
        return True

    IPyNbCell.compare_outputs = compare_outputs
    IPyNbCell.compares_pictures = True


SUMS = re.compile(r"draws (-?\d+\.\d{3}), colours (-?\d+\.\d\d)$")
CLOSE = (0.005, 0.05)  # a marker that moves by a hundredth of its Axes changes the first by more


def with_equal_sums(test, ref):
    """Return the outputs `test`, with a move's sums as stored where they are close to those."""
    test = copy.deepcopy(test)
    for new, old in zip(test, ref, strict=False):
        texts = [output.get("data", {}).get("text/plain", "") for output in (new, old)]
        found = [SUMS.search(text) for text in texts]
        if all(found):
            pairs = zip(found[0].groups(), found[1].groups(), CLOSE, strict=True)
            if all(abs(float(a) - float(b)) <= limit for a, b, limit in pairs):
                new["data"]["text/plain"] = SUMS.sub(found[1][0], texts[0])
    return test


SIZE = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")


def with_equal_sizes(test, ref):
    """Return the outputs `test`, with a live figure's numbers as stored where they are close.

    Its words, the count of its operations and the digest of its graph stay as they are.
    """
    test = copy.deepcopy(test)
    for new, old in zip(test, ref, strict=False):
        texts = [output.get("data", {}).get("text/plain", "") for output in (new, old)]
        if not all(text.startswith("Live(") for text in texts):
            continue
        heads, bodies = zip(*(text.split("\n", 1) for text in texts), strict=True)
        numbers = [list(map(float, SIZE.findall(body))) for body in bodies]
        words = [SIZE.sub("#", body) for body in bodies]
        if heads[0] == heads[1] and words[0] == words[1] and all(map(nearly, *numbers)):
            new["data"]["text/plain"] = texts[1]
    return test


def nearly(a: float, b: float) -> bool:
    """Say whether two numbers of four digits are the same but for rounding."""
    return abs(a - b) <= 2e-3 * max(abs(a), abs(b)) + 1e-9


def picture_difference(old: str, new: str) -> str:
    """Say how two base64 PNGs differ beyond fonts' hinting; the empty string where they agree."""
    import numpy as np
    from PIL import Image

    def thumbnail(data):
        image = Image.open(io.BytesIO(base64.b64decode("".join(data)))).convert("RGB")
        return image.size, np.asarray(image.resize((32, 32), Image.BOX), float)

    (old_size, old_pixels), (new_size, new_pixels) = thumbnail(old), thumbnail(new)
    gap = np.abs(old_pixels - new_pixels)
    if max(abs(a - b) for a, b in zip(old_size, new_size, strict=True)) > 8:
        return f"size {old_size}, now {new_size}"
    if gap.mean() > 3 or gap.max() > 50:
        return f"mean difference {gap.mean():.1f}, largest {gap.max():.0f} (limits 3, 50)"
    return ""
