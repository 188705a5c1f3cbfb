"""The tools that run notebooks: one environment for all kernels, ids that stay, a time kept."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools.kernels import ENVIRONMENT

ROOT = Path(__file__).parents[1]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


@pytest.fixture
def notebooks(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import notebooks

    return notebooks


def cells(*sources):
    return [nbformat.v4.new_code_cell(source) for source in sources]


def test_what_a_reader_has_exported_reaches_no_kernel():
    """`conftest.py` assigns the table; a default would let an exported value through."""
    code = (
        "import os, conftest; "
        "config = type('C', (), {'option': type('O', (), {'nbval_sanitize_with': ''}), "
        "'pluginmanager': type('P', (), {'hasplugin': lambda self, name: False})()}); "
        "conftest.pytest_configure(config); print(os.environ['NOTEBOOKLIB_DEVICE'])"
    )
    exported = os.environ | {"NOTEBOOKLIB_DEVICE": "cuda"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=exported,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ENVIRONMENT["NOTEBOOKLIB_DEVICE"] == "cpu"


def test_notebooks_are_written_in_the_same_environment(notebooks):
    assert notebooks.ENVIRONMENT == ENVIRONMENT


def test_an_id_survives_an_insertion(notebooks):
    before = cells("a = 1", "b = 2", "a = 1")
    notebooks.name_cells(before, "01")
    names = [cell.id for cell in before]
    assert len(set(names)) == 3
    after = [*cells("new = 0"), *before]
    after[2].source = "b = 3"  # an edit keeps the id too
    notebooks.name_cells(after, "01")
    assert [cell.id for cell in after[1:]] == names
    again = [cell.id for cell in after]
    notebooks.name_cells(after, "01")
    assert [cell.id for cell in after] == again


def test_two_runs_name_a_new_cell_alike(notebooks):
    one, two = cells("x"), cells("x")
    notebooks.name_cells(one, "01")
    notebooks.name_cells(two, "01")
    assert one[0].id == two[0].id


# ---------------------------------------------------------------------- what nbval is taught here


def verdicts(tmp_path, cells, *options):
    """Return what `pytest --nbval` says of each cell of a notebook, and all that it says."""
    book = nbformat.v4.new_notebook(metadata=KERNEL)
    for number, (source, data) in enumerate(cells, 1):
        cell = nbformat.v4.new_code_cell(source, execution_count=number)
        if data:
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
        book.cells.append(cell)
    nbformat.write(book, tmp_path / "small.ipynb")
    settings = ["-c", "pyproject.toml", "-p", "conftest", "-p", "no:cacheprovider", "--nbval", "-v"]
    command = [sys.executable, "-m", "pytest", *settings, *options, tmp_path / "small.ipynb"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return re.findall(r"::(.+?) (PASSED|FAILED)", done.stdout), done.stdout


def test_a_notebook_that_takes_too_long_fails(tmp_path):
    told, text = verdicts(tmp_path, [("x = 1", None)], "-o", "notebook_seconds=0.01")
    assert told == [("Cell 0", "PASSED"), ("time", "FAILED")]
    assert re.search(r"expected at most 0.01 s of a processor .*, got \d\.\d s", text)


def test_what_is_stored_is_compared_and_the_time_is_kept(tmp_path):
    show = "from IPython.display import display; display({!r}, raw=True)".format
    now = {"text/html": "<p>now</p>", "text/plain": "x"}
    cells = [(show(now), now), (show(now), now | {"text/html": "<p>then</p>"})]
    told, _ = verdicts(tmp_path, cells)
    assert told == [("Cell 0", "PASSED"), ("Cell 1", "FAILED"), ("time", "PASSED")]
