"""What holds for every stored notebook: the contract of a chapter, what nbval does not notice."""

import ast
import base64
import html
import json
import re
import statistics
import zlib
from functools import cache
from importlib import resources
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbval.plugin import comment_markers, metadata_tags

from notebooklib.source import show_source

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
CHAPTERS = sorted({path.name[:2] for path in BOOK.glob("[0-9][0-9]_*.ipynb")})
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
ESCAPES = {*comment_markers, *metadata_tags, "skip-execution"}  # what nbval and nbclient obey
EXCUSED = "nbval-ignore-output"  # the one of them that a cell may have, if it says why
KERNEL_ONLY = ("interact(", "interactive_output(", ".Output(", ".observe(", "clear_output(")
NOT_STEADY = ("%time", "tqdm(", "update_display(")


@cache
def read(path):
    return nbformat.read(path, as_version=4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def outputs(cell, mime):
    return [o["data"][mime] for o in cell.outputs if mime in o.get("data", {})]


def stored(path):
    """Return the stored models of a notebook's widgets, by their ids."""
    return read(path).metadata.get("widgets", {}).get(STATE, {}).get("state", {})


def models(path, kind):
    """Return the stored models of the moves, or of the asks."""
    return [model for model in stored(path).values() if model["state"].get("kind") == kind]


def asks(cell):
    return bool(re.search(r"^ask\(", cell.source, flags=re.M))


def shows_picture(cell):
    return bool(outputs(cell, "image/png"))


def chapter(number):
    """Return the cells of a chapter: its opening notebook, then its sections NN_a_, NN_b_, …"""
    paths = sorted(BOOK.glob(f"{number}_*.ipynb"))
    paths.sort(key=lambda path: bool(re.match(r"\d\d_[a-z]_", path.name)))
    return [cell for path in paths for cell in read(path).cells]


def escapes(cell):
    """Return by which words a cell escapes the comparison without an excuse."""
    comments = {line.strip().lstrip("#").strip() for line in cell.source.splitlines()}
    excused = {EXCUSED} if str(cell.metadata.get("why", "")).strip() else set()
    return (comments | tags(cell)) & ESCAPES - excused


def sources_shown(cells):
    """Yield what each `show_source` of a notebook shows: as it is stored, and today."""
    first = ast.parse(re.sub(r"^[%!].*", "", cells[0].source, flags=re.M)).body
    imports = [node for node in first if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {}
    exec(compile(ast.Module(imports, []), "imports", "exec"), names)
    for cell in cells:
        if "show_source(" not in cell.source:
            continue
        calls = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
        calls = [n for n in calls if getattr(n.func, "id", "") == "show_source"]
        pages = outputs(cell, "text/html")
        for call, page in zip(calls, pages, strict=True):
            page = re.sub(r"<style>.*?</style>|<[^>]+>", "", page, flags=re.S)
            yield html.unescape(page).strip(), eval(ast.unparse(call), names).data.strip()


def lines_of_code(cell):
    lines = [line.strip() for line in cell.source.splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def words(text):
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|```.*?```", " ", text, flags=re.S)
    return len(re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", text))


def test_there_are_chapters():
    assert CHAPTERS and NOTEBOOKS


def test_every_notebook_is_in_the_contents():
    contents = (BOOK.parent / "_toc.yml").read_text(encoding="utf-8")
    assert all(f"book/{path.stem}" in contents for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestStored:
    def test_run_from_top_to_bottom(self, path):
        counts = [cell.execution_count for cell in code_cells(path)]
        assert counts == list(range(1, len(counts) + 1))

    def test_no_cell_escapes_the_comparison(self, path):
        assert [(c.source[:60], escapes(c)) for c in code_cells(path) if escapes(c)] == []

    def test_library_code_that_is_shown_is_the_code_that_runs(self, path):
        shown = list(sources_shown(code_cells(path)))
        called = sum(c.source.count("show_source(") for c in code_cells(path))
        assert len(shown) == called
        assert [stored for stored, now in shown if stored != now] == []

    def test_no_error_no_warning_is_stored(self, path):
        kinds = {(o.output_type, o.get("name")) for c in code_cells(path) for o in c.outputs}
        assert not any(kind == "error" or name == "stderr" for kind, name in kinds)

    def test_nothing_needs_a_kernel_or_a_clock(self, path):
        source = "\n".join(cell.source for cell in code_cells(path))
        assert not [word for word in KERNEL_ONLY + NOT_STEADY if word in source]
        assert not any(cell.source.rstrip().endswith(";") for cell in code_cells(path))

    def test_outputs_name_no_machine_and_no_endless_digits(self, path):
        for cell in code_cells(path):
            for output in cell.outputs:
                texts = [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
                text = "".join([output.get("text", ""), *texts])
                assert not re.search(r"0x[0-9a-f]{6,}|/tmp/|/home/|site-packages|cuda", text)
                assert not re.search(r"(?<![\w.])([1-9]\d*\.\d|0\.0*[1-9])\d{6,}", text), text
                assert "np.float64(" not in text and "np.int64(" not in text

    def test_figures_have_alt_text_and_caption(self, path):
        shown = [cell for cell in code_cells(path) if shows_picture(cell)]
        assert all(c.metadata.get("mystnb", {}).get("image", {}).get("alt") for c in shown)
        bare = [c.source[:60] for c in shown if not c.metadata.get("caption", "").strip()]
        assert bare == []

    def test_anchors_are_unique_and_say_what_they_are(self, path):
        names = [c.metadata["name"] for c in code_cells(path) if "name" in c.metadata]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"(fig|move|ex)-[a-z0-9-]+", name) for name in names)

    def test_a_still_says_its_texts(self, path):
        stills = [o.data for c in code_cells(path) for o in c.outputs if "data" in o]
        stills = [data for data in stills if "image/png" in data and VIEW not in data]
        for data in stills:
            if data["text/plain"].startswith("Figure: "):
                assert "prefers-color-scheme:dark" in data["image/svg+xml"]
            else:
                assert not data["text/plain"].startswith("<Figure")

    def test_no_output_is_longer_than_a_screen(self, path):
        for cell in code_cells(path):
            printed = "".join(o.get("text", "") for o in cell.outputs)
            assert printed.count("\n") <= 30 and max(map(len, printed.split("\n"))) <= 120

    def test_size(self, path):
        assert path.stat().st_size < 3e6

    def test_moves_are_small_and_answer_with_text_elsewhere(self, path):
        assert all(len(view["buffers"][0]["data"]) < 400_000 for view in models(path, "move"))
        for cell in code_cells(path):
            if outputs(cell, VIEW):
                assert re.match("(Move|Ask|Live)[(:]", outputs(cell, "text/plain")[0])
                assert asks(cell) or outputs(cell, "image/png")

    def test_what_is_stored_is_brought_to_life_by_the_present_script(self, path):
        page, live = (resources.files(f"notebooklib.{n}") for n in ("interactive", "live"))
        door = (page / "door.js").read_text(encoding="utf-8")
        own = {"move": ([], []), "ask": ([], []), "live": (["run.js", "live.js"], ["live.css"])}
        for kind, (scripts, styles) in own.items():
            script = [page / "view.js", *(live / name for name in scripts)]
            style = [page / "view.css", *(live / name for name in styles)]
            for model in models(path, kind):
                home = stored(path)[model["state"]["home"].removeprefix("IPY_MODEL_")]["state"]
                assert model["state"]["_esm"] == door and "_css" not in model["state"]
                assert home["_esm"] == "".join(f.read_text(encoding="utf-8") for f in script)
                assert home["_css"] == "".join(f.read_text(encoding="utf-8") for f in style)

    def test_a_script_is_stored_once(self, path):
        scripts = [m["state"]["_esm"] for m in stored(path).values() if "_esm" in m["state"]]
        large = [script for script in scripts if len(script) > 2_000]
        assert len(large) == len(set(large)) <= 2

    def test_neighbouring_positions_show_different_pictures(self, path):
        for view in models(path, "move"):
            bundle = json.loads(zlib.decompress(base64.b64decode(view["buffers"][0]["data"])))
            for name in {"frames", "narrow"} & set(bundle):
                frames = [tuple(frame) for frame in bundle[name]]
                grid = np.arange(len(frames)).reshape(view["state"]["dims"])
                for axis, length in enumerate(grid.shape):
                    here = np.take(grid, range(length - 1), axis).ravel()
                    next_to_it = np.take(grid, range(1, length), axis).ravel()
                    pairs = zip(here, next_to_it, strict=True)
                    assert all(frames[a] != frames[b] for a, b in pairs)

    def test_every_page_asks(self, path):
        assert any(asks(cell) for cell in code_cells(path))

    def test_what_unfolds_below_an_ask_is_no_new_part(self, path):
        cells = read(path).cells
        counts = {m["state"]["html"]: m["state"]["below"] for m in models(path, "ask")}
        state = read(path).metadata.get("widgets", {}).get(STATE, {}).get("state", {})
        for k, cell in enumerate(cells):
            if cell.cell_type != "code" or not asks(cell):
                continue
            model = state[outputs(cell, VIEW)[0]["model_id"]]["state"]
            assert model["html"] in counts
            below = cells[k + 1 : k + 1 + model["below"]]
            assert len(below) == model["below"]
            for other in below:
                assert not re.search(r"^#{1,6} ", other.source, flags=re.M) or (
                    other.cell_type == "code"
                )
                assert not asks(other) and not tags(other) & {"exercise", "solution"}

    def test_folded_cells_are_folded_in_jupyterlab_too(self, path):
        folded = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
        for cell in code_cells(path):
            if asks(cell) or tags(cell) & folded:
                assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source[:60]
            assert "hide-input" in tags(cell) or not asks(cell)

    def test_one_fold_a_figure(self, path):
        cells = read(path).cells
        for one, other in zip(cells, cells[1:], strict=False):
            if "hide-input" in tags(one) and "hide-input" in tags(other):
                assert one.get("outputs"), f"two folds in a row: {one.source[:60]}"

    def test_a_folded_solution_begins_with_a_comment(self, path):
        for cell in code_cells(path):
            if "solution" in tags(cell):
                assert cell.source.startswith("# ")

    def test_no_widget_state_is_left_over(self, path):
        shown = {v["model_id"] for c in code_cells(path) for v in outputs(c, VIEW)}
        states = {key: model["state"] for key, model in stored(path).items()}
        homes = {states[key]["home"].removeprefix("IPY_MODEL_") for key in shown}
        assert {key for key, state in states.items() if "_esm" in state} == shown | homes


@pytest.mark.parametrize("number", CHAPTERS)
class TestContract:
    def test_at_least_four_moves_and_five_asks(self, number):
        code = [cell for cell in chapter(number) if cell.cell_type == "code"]
        assert sum(bool(outputs(c, VIEW)) and not asks(c) for c in code) >= 4
        assert sum(map(asks, code)) >= 5

    def test_exercises_of_the_first_tier_are_answered_in_the_page(self, number):
        cells = chapter(number)
        text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        recall = set(re.findall(r"\*\*Exercise ([\d.]+)\*\* \(recall\)", text))
        asked = "\n".join(c.source for c in cells if c.cell_type == "code" and asks(c))
        assert recall
        assert set(re.findall(r'exercise="([\d.]+)"', asked)) == recall

    def test_exercises_fail_as_stubs_and_pass_when_solved(self, number):
        cells = [c for c in chapter(number) if c.cell_type == "code"]
        tried = {t: [c for c in cells if t in tags(c)] for t in ("exercise", "solution")}
        assert len(tried["solution"]) == len(tried["exercise"]) >= 8
        for tag, begins in (("exercise", "✗ Not yet."), ("solution", "✓ Right.")):
            for cell in tried[tag]:
                assert outputs(cell, "text/plain")[-1].startswith(begins), cell.source

    def test_every_exercise_of_the_chapter_is_set_once(self, number):
        from notebooklib.exercises import EXERCISES

        source = "\n".join(c.source for c in chapter(number) if "exercise" in tags(c))
        known = [n for n in EXERCISES if n.split(".")[0] == str(int(number))]
        assert re.findall(r'check\("([\d.]+)"', source) == known

    def test_solutions_are_folded_away(self, number):
        for cell in chapter(number):
            if "solution" in tags(cell):
                assert "hide-cell" in tags(cell)
                assert cell.metadata.get("jupyter", {}).get("source_hidden")

    def test_goals_have_exercises(self, number):
        opening = chapter(number)[0].source
        goals = re.findall(r"^\d\. .*", opening, flags=re.M)
        assert 4 <= len(goals) <= 6
        assert all(re.search(rf"\b{int(number)}\.\d+", goal) for goal in goals)

    def test_three_tiers(self, number):
        text = "\n".join(c.source for c in chapter(number) if c.cell_type == "markdown")
        assert all(f"({tier})" in text for tier in ("recall", "code", "open"))

    def test_cells_are_short_and_prose_outweighs_code(self, number):
        code = [c for c in chapter(number) if c.cell_type == "code"]
        folded = {"hide-input", "hide-cell", "remove-input", "remove-cell", "solution"}
        seen = [c for c in code if not tags(c) & folded]
        lengths = [lines_of_code(c) for c in seen]
        prose = sum(words(c.source) for c in chapter(number) if c.cell_type == "markdown")
        assert statistics.median(lengths) <= 8
        assert max(lengths) <= 20
        assert prose >= 6 * sum(lengths)
        assert max(lines_of_code(c) for c in code if "hide-input" in tags(c)) <= 40
        assert max(len(line) for c in seen for line in c.source.splitlines()) <= 84

    def test_imports_stand_in_the_first_cell(self, number):
        for path in sorted(BOOK.glob(f"{number}_*.ipynb")):
            later = "\n".join(cell.source for cell in code_cells(path)[1:])
            assert not re.search(r"^\s*(import|from) ", later, flags=re.M)

    def test_it_breaks_something_and_says_its_limits(self, number):
        text = "\n".join(c.source for c in chapter(number) if c.cell_type == "markdown")
        assert "Break it" in text
        assert "**Limits.**" in text and "**Further reading.**" in text

    def test_terms_are_linked_to_the_glossary(self, number):
        text = "\n".join(c.source for c in chapter(number) if c.cell_type == "markdown")
        assert len(set(re.findall(r"\]\(glossary\.md#(term-[\w-]+)\)", text))) >= 8


# ------------------------------------------------------------------ these tests see what they seek


def code(source, output="", **metadata):
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    if output:
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": output})]
    return cell


@pytest.mark.parametrize("tag", sorted({*metadata_tags, "skip-execution"}))
def test_a_tag_that_lets_a_cell_escape_is_seen(tag):
    assert escapes(code("1 + 1", tags=["hide-input", tag])) == {tag}
    excused = code("1 + 1", tags=[tag], why="shows a time")
    assert bool(escapes(excused)) == (tag != EXCUSED)


@pytest.mark.parametrize("word", sorted(comment_markers))
def test_a_comment_that_lets_a_cell_escape_is_seen(word):
    assert escapes(code(f"x = 1\n  # {word}\nx", why="never"))


def test_every_word_that_nbval_obeys_is_known():
    assert {"raises-exception", "nbval-skip", EXCUSED, "PYTEST_VALIDATE_IGNORE_OUTPUT"} <= ESCAPES


def test_a_stored_source_that_is_no_longer_the_librarys_is_seen():
    imports = code("from notebooklib.source import show_source")
    page = show_source(show_source)._repr_html_()
    told = [code("show_source(show_source)", text) for text in (page, page.replace("Code", "Text"))]
    (sound,), (stale,) = (list(sources_shown([imports, cell])) for cell in told)
    assert sound[0] == sound[1] and stale[0] != stale[1]


def test_corrections_name_tests_that_exist():
    tests = "\n".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("*.py"))
    rows = re.findall(
        r"^\| (E-[A-Z]+-\d+) .*\| `(\w+)` \|$",
        (BOOK / "corrections.md").read_text(encoding="utf-8"),
        flags=re.M,
    )
    assert len(rows) >= 7
    for erratum, name in rows:
        assert name.startswith("test_" + erratum.lower().replace("-", "_"))
        assert f"def {name}(" in tests


def test_glossary_has_every_chinese_term_that_a_chapter_uses():
    glossary = (BOOK / "glossary.md").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        text = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
        for term in re.findall(r"\(([\u4e00-\u9fff]+)\)", text):
            assert term in glossary, f"{path.name}: {term}"
