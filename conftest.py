"""Settings of every test run: the kernels' environment, pictures compared, browser on request."""

import base64
import copy
import io
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tools.kernels import ENVIRONMENT

ROOT = Path(__file__).parent
WITH_BROWSER = (
    "test_book.py",
    "test_firefox.py",
    "test_lab.py",
    "test_live_operations.py",
    "test_live_page.py",
)
PARTS = {  # where the time goes; the first pattern that fits names the part
    r"\.ipynb": "notebooks",
    r"test_book": "pages in Chromium",
    r"test_firefox": "pages in Firefox",
    r"test_lab": "JupyterLab",
    r"test_live": "live figures",
    r"test_(page_extension|site_extras)": "site",
    r"test_(digest|figures|interactive|typeface)": "figures and moves",
    r"test_(exercises|bad_input|install|binder|docstrings|structure|tools|notebooks)": "contracts",
    r"^src": "examples in docstrings",
    r"": "units",
}

settings.register_profile("book", derandomize=True, deadline=None)
settings.load_profile("book")


def pytest_addoption(parser):
    parser.addoption("--browser", action="store_true", help="also walk the built pages in Chromium")
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")
    parser.addini("notebook_seconds", "what a notebook may take of one processor", default="60")


def pytest_configure(config):
    os.environ.update(ENVIRONMENT)  # inherited by every kernel that nbval starts
    if getattr(config.option, "nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "nbval_sanitize.cfg")
    if config.pluginmanager.hasplugin("nbval"):
        compare_pictures_too()
        draw_what_is_compared()
        time_notebooks()


def pytest_ignore_collect(collection_path, config):
    """Leave the browser's tests out unless they are asked for."""
    if collection_path.name in WITH_BROWSER and not config.getoption("--browser"):
        return True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Leave slow tests out unless asked for; let a page or notebook stay on one processor."""
    if not config.getoption("--slow"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
    items.sort(key=group)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep what stands together on one processor: pytest-xdist's groups need an older pytest."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return together(nodeid)

    return Together(config, log)


def together(nodeid):
    """Return the name of what a test stays together with: its page or its file.

    Examples
    --------
    >>> together("tests/test_book.py::test_print[light-book/12_a_attention.html]")
    'book/12_a_attention.html'
    >>> together("book/intro.ipynb::Cell 3")
    'book/intro.ipynb'
    """
    page = re.search(r"[\[-](book/\w+\.html)", nodeid)
    return page[1] if page else nodeid.partition("::")[0]


def group(item):
    """Return the size, negative, and the name of what `item` stays together with: longest first.

    Notebooks come first and then pages, by their size in bytes; then the other files of tests.
    """
    path = item.path
    page = getattr(item, "callspec", None) and item.callspec.params.get("visit")
    if path.suffix == ".ipynb":
        return (0, -path.stat().st_size), path.name
    if page:
        source = (ROOT / page).with_suffix(".ipynb")
        return (1, -source.stat().st_size if source.exists() else 0), page
    return (2, -path.stat().st_size), path.relative_to(ROOT).as_posix()


def pytest_terminal_summary(terminalreporter):
    """Say where the time went, summed over the processors."""
    seconds, longest = Counter(), Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration"):
                file = report.nodeid.partition("::")[0]
                part = next(PARTS[pattern] for pattern in PARTS if re.search(pattern, file))
                seconds[part] += report.duration
                longest[together(report.nodeid)] += report.duration
    if sum(seconds.values()) > 60:
        terminalreporter.section("where the time went")
        told = [f"{part} {spent:.0f} s" for part, spent in seconds.most_common()]
        terminalreporter.write_line(" · ".join(told))
        told = [f"{name} {spent:.0f} s" for name, spent in longest.most_common(8)]
        terminalreporter.write_line("longest: " + " · ".join(told))


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


def draw_what_is_compared():
    """Let the kernels of nbval draw the pictures of each move at its start only.

    Of the others the words, places and colours are compared, which need no drawing, and of those
    for a phone nothing is; `make notebooks`, which stores all pictures, draws them.
    """
    from nbval.plugin import IPyNbFile

    from notebooklib.interactive.moves import STARTS_ONLY

    start = IPyNbFile.setup

    def setup(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(STARTS_ONLY, "yes")
            start(self)

    IPyNbFile.setup = setup


def time_notebooks():
    """Let nbval end each notebook with a test of the time that its kernel has taken.

    Counted is the time of the processor, which a busy machine hardly changes; a notebook that
    waits for something else is seen by the clock, to which five times as much is granted.
    """
    from nbformat.v4 import new_code_cell
    from nbval.plugin import IPyNbCell, IPyNbFile

    if hasattr(IPyNbFile, "waited"):
        return
    run, collect = IPyNbCell.runtest, IPyNbFile.collect

    class Time(IPyNbCell):
        def runtest(self):
            run(self)
            budget = float(self.config.getini("notebook_seconds"))
            taken = float(self.test_outputs[0].text)
            if taken > budget or self.parent.waited > 5 * budget:
                self.raise_cell_error(
                    f"expected at most {budget:g} s of a processor and {5 * budget:g} s by the "
                    f"clock, got {taken:.1f} s and {self.parent.waited:.1f} s"
                )

    def timed(self):
        start = time.perf_counter()
        try:
            run(self)
        finally:
            self.parent.waited += time.perf_counter() - start

    def collect_with_time(self):
        yield from collect(self)
        ask = new_code_cell("import time; print(time.process_time())", execution_count=0)
        options = {"check": False, "skip": False, "check_exception": False}
        yield Time.from_parent(self, name="time", cell_num=-1, cell=ask, options=options)

    IPyNbFile.waited = 0.0
    IPyNbCell.runtest, IPyNbFile.collect = timed, collect_with_time


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
