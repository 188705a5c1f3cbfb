"""Run notebooks in fresh kernels and write them back so that a second run changes no byte.

A cell tagged nbval-ignore-output (it shows a time, or the device) keeps the output it has stored:
clear that output to have it taken anew.

usage: notebooks.py [--check] [--jobs N] [NOTEBOOK ...]     without names: every chapter under book/
`--check` writes nothing and exits with 1 where a notebook would change.
"""

import argparse
import base64
import hashlib
import io
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from kernels import ENVIRONMENT
from nbclient import NotebookClient
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
STATE = "application/vnd.jupyter.widget-state+json"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
KEPT_METADATA = {"tags", "notes", "mystnb", "jupyter", "why", "caption", "name"}


def chapters() -> list[Path]:
    """Return the paths of all chapter notebooks."""
    return sorted((ROOT / "book").glob("*.ipynb"))


def executed(path: Path) -> tuple[str, float]:
    """Return the text of the notebook at `path`, run top to bottom, and the seconds it took."""
    os.environ.update(ENVIRONMENT)  # the kernel inherits it
    notebook = nbformat.read(path, as_version=4)
    kept = {
        number: cell.outputs
        for number, cell in enumerate(notebook.cells)
        if "nbval-ignore-output" in cell.metadata.get("tags", []) and cell.outputs
    }
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_METADATA}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = {}
    start = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    seconds = time.perf_counter() - start
    widgets = notebook.metadata.get("widgets")
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    if widgets:
        notebook.metadata["widgets"] = widgets
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, outputs in kept.items():
        notebook.cells[number].outputs = outputs
    name_cells(notebook.cells, path.stem[:2])
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = with_palette(output["data"]["image/png"])
    notebook = with_steady_widget_ids(notebook, salt=path.name)
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n", seconds


def name_cells(cells: list, prefix: str) -> None:
    """Keep each id once given; a new cell is named by its source, so that the next run agrees."""
    known = set()
    for cell in cells:
        name, text = cell.get("id", ""), cell.source
        while not re.fullmatch(rf"{prefix}-[0-9a-f]{{8}}", name) or name in known:
            name = f"{prefix}-{hashlib.sha1(text.encode()).hexdigest()[:8]}"
            text += " again"
        cell["id"] = name
        known.add(name)


def with_palette(png: str) -> str:
    """Return a base64 PNG with at most 256 colours: a figure looks the same at a third the size."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    out = io.BytesIO()
    image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        out, "png", optimize=True
    )
    return base64.b64encode(out.getvalue()).decode()


def with_steady_widget_ids(notebook, *, salt: str):
    """Replace the random ids of widget models by a hash of `salt` and the order of creation."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for model in state.values():
        if model.get("model_name") == "LayoutModel":  # nulls are the front end's defaults
            model["state"] = {k: v for k, v in model["state"].items() if v is not None}
    prefix = hashlib.sha1(salt.encode()).hexdigest()[:24]
    steady = {random: f"{prefix}{number:08x}" for number, random in enumerate(state)}
    if not steady:
        return notebook
    text = nbformat.writes(notebook)
    text = re.sub("|".join(map(re.escape, steady)), lambda match: steady[match[0]], text)
    return nbformat.reads(text, as_version=4)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, report what changes")
    parser.add_argument("--jobs", type=int, default=1, help="how many notebooks run at once")
    arguments = parser.parse_args()
    paths = arguments.notebooks or chapters()
    changed = 0
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for path, (text, seconds) in zip(paths, pool.map(executed, paths), strict=True):
            same = text == path.read_text(encoding="utf-8")
            changed += not same
            print(f"{path.name}: {seconds:.1f} s, {'unchanged' if same else 'changed'}", flush=True)
            if not same and not arguments.check:
                path.write_text(text, encoding="utf-8")
    return int(arguments.check and changed > 0)


if __name__ == "__main__":
    sys.exit(main())
