"""Tests the extension that makes the page: its parts alone, and on a small book."""

import doctest
import importlib
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
import small_book

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
pytest.importorskip("sphinx")

from quiet_page import finish, fonts, mathml, numbering, stylesheet, widgets  # noqa: E402

MODULES = sorted(
    f"quiet_page.{path.stem}"
    for path in (ROOT / "book" / "_ext" / "quiet_page").glob("*.py")
    if path.stem != "__init__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


# ------------------------------------------------------------------------------------ parts alone


class TestFormulas:
    @pytest.mark.parametrize(
        ("tex", "holds"),
        [
            (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "<mtable"),
            (r"\vec v = x\,\hat\imath", "<mover"),
            (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "<mtable"),
            (r"\mathrm{softmax}(QK^{\mathsf T}/\sqrt{d_k})", "<msqrt"),
        ],
    )
    def test_becomes_mathml(self, tex, holds):
        code = mathml.mathml(tex, display=True)
        assert code.startswith("<math") and holds in code
        assert "\\" not in code

    def test_a_prime_is_raised_once(self):
        assert "<msup>" not in mathml.mathml("f'(x)") and "<msup>" in mathml.mathml("f^2")

    def test_what_is_not_understood_is_warned_about_and_shown_as_tex(self, monkeypatch):
        told = []
        monkeypatch.setattr(mathml.LOG, "warning", lambda *args, **kwargs: told.append(args))
        assert mathml.mathml(r"\nosuchmacro{x<y}") == r"<code>\nosuchmacro{x&lt;y}</code>"
        assert len(told) == 1

    def test_every_formula_of_the_book_is_understood(self, monkeypatch):
        told = []
        monkeypatch.setattr(mathml.LOG, "warning", lambda *args, **kwargs: told.append(args))
        count = 0
        for path in sorted((ROOT / "book").glob("*.ipynb")):
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "markdown":
                    text = re.sub(r"`[^`]*`", "", cell.source)
                    for display, inline in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.S):
                        formula = re.sub(r"\\tag\{[^}]*\}", "", display or inline)
                        mathml.mathml(formula, display=bool(display))
                        count += 1
        assert count > 300
        assert told == []


class TestNumbers:
    def test_two_things_of_one_name_are_refused(self):
        held = {"01_a": [("figure", "fig-a"), ("figure", "fig-a")]}
        with pytest.raises(ValueError, match="expected one thing named fig-a, got two"):
            numbering.count(held, ["01_a"])

    def test_kinds_are_counted_apart_and_chapters_begin_anew(self):
        held = {
            "01_a": [("figure", ""), ("equation", "eq-x"), ("exercise", "1.7")],
            "02_a": [("figure", ""), ("exercise", "2.1")],
        }
        texts = [thing.text for thing in numbering.count(held, ["01_a", "02_a"]).values()]
        assert texts == ["Figure 1.1", "(1.1)", "Exercise 1.7", "Figure 2.1", "Exercise 2.1"]

    def test_an_exercise_told_twice_keeps_its_first_place(self):
        held = {"01_a": [("exercise", "1.1")], "01_b": [("exercise", "1.1")]}
        assert numbering.count(held, ["01_a", "01_b"])["ex-1-1"].docname == "01_a"


def ask_cell(key="m1"):
    view = {widgets.VIEW: {"model_id": key}}
    return {"cell_type": "code", "metadata": {}, "source": "ask()", "outputs": [{"data": view}]}


def text_cell(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


class TestWaiting:
    models = {"m1": widgets.Widget({"kind": "ask", "below": 2, "html": ""}, {})}

    def test_the_cells_that_wait_are_marked(self):
        cells = widgets.fold_below([ask_cell(), *map(text_cell, "abc")], self.models)
        kinds = [cell["cell_type"] for cell in cells]
        assert kinds == ["code", "raw", "markdown", "markdown", "raw", "markdown"]

    @pytest.mark.parametrize(
        "other", [text_cell("## New"), text_cell("**Exercise 1.1** x"), ask_cell()]
    )
    def test_no_new_part_may_wait(self, other):
        with pytest.raises(ValueError, match="without heading, ask or exercise"):
            widgets.fold_below([ask_cell(), text_cell("a"), other], self.models)

    def test_an_exercise_in_the_last_cell_that_waits_is_left_outside(self):
        cells = [ask_cell(), text_cell("a"), text_cell("b\n\n**Exercise 1.1** c")]
        sources = [cell["source"] for cell in widgets.fold_below(cells, self.models)[2:]]
        assert sources[:2] == ["a", "b\n\n"] and sources[3] == "**Exercise 1.1** c"

    def test_all_that_should_wait_must_be_there(self):
        with pytest.raises(ValueError, match="expected 1 more cells"):
            widgets.fold_below([ask_cell(), text_cell("a")], self.models)


class TestStyles:
    def test_only_what_a_page_or_script_names_is_kept(self):
        css = "@media print { .a { color: red } .b { color: red } } @font-face { src: url(x) }"
        assert (
            stylesheet.trimmed(css, {"a"}) == "@media print{.a{color: red}}@font-face {src: url(x)}"
        )

    def test_the_large_icon_font_is_left_out(self):
        css = '@font-face { font-family: "Font Awesome 6"; src: url(x) }'
        assert stylesheet.trimmed(css, set()) == ""

    def test_selectors_with_brackets_are_kept_whole(self):
        assert (
            stylesheet.trimmed("p:is(.a, .b):not(.c) { x: y }", set())
            == "p:is(.a, .b):not(.c){x: y}"
        )

    def test_addresses_within_the_sheet_stay(self):
        css = "a{background: url(data:image/png;base64,AA)} b{background: url(#x)}"
        assert stylesheet.moved(css, "_static", "_static/book") == css


class TestFonts:
    def test_a_formula_brings_the_italics_it_is_drawn_with(self):
        signs = fonts.formula_signs(["<p>Q</p><math><mi>x</mi><mo>&lt;</mo></math>"])
        assert {"x", "𝑥", "<"} <= signs and "𝑄" not in signs

    def test_a_cut_holds_the_glyphs_asked_for_and_bears_another_name(self, tmp_path):
        from fontTools.ttLib import TTFont

        source = fonts.packaged("fontpkg-source-sans-3", fonts.SANS["sans"])
        fonts.cut(source, "ax", tmp_path / "few.woff2", {"wght": (400, 700)})
        font = TTFont(tmp_path / "few.woff2")
        assert {ord("a"), ord("x")} <= set(font.getBestCmap()) and ord(
            "b"
        ) not in font.getBestCmap()
        assert "Source" not in font["name"].getDebugName(1)
        assert [(axis.axisTag, axis.minValue) for axis in font["fvar"].axes] == [("wght", 400)]

    def test_the_arrow_over_a_vector_has_a_width(self, tmp_path):
        from fontTools.ttLib import TTFont

        source = fonts.packaged("ziamath", "STIXTwoMath-Regular.ttf")
        arrow = fonts.VECTOR_ARROW
        assert TTFont(source)["hmtx"][TTFont(source).getBestCmap()[arrow]][0] == 0  # else no need
        fonts.cut(source, "v" + chr(arrow), tmp_path / "math.woff2")
        font = TTFont(tmp_path / "math.woff2")
        assert font["hmtx"][font.getBestCmap()[arrow]][0] > 100


class TestScript:
    def test_the_view_becomes_a_classic_script(self):
        text = finish.script()
        assert "window.bookHydrate" in text
        assert not re.search(r"^\s*(import|export)\b", text, re.M)

    def test_a_view_that_imports_is_refused(self):
        with pytest.raises(ValueError, match="expected exports of functions only"):
            widgets.view_as_script("import x from 'y';\nexport function hydrate() {}")


def test_finishing_twice_changes_only_the_marks_of_versions():
    page = "<title>x</title><pre><span></span>y</pre>"
    once = finish.finish_page(page, "a", {"book.css": "11", "book.js": "22"}, set(), "")
    again = finish.finish_page(once, "a", {"book.css": "33", "book.js": "22"}, set(), "")
    assert again == once.replace("v=11", "v=33")


# --------------------------------------------------------------------------------- the small book


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "book"
    small_book.write(folder)
    built = small_book.build(folder, "-W", "-q")
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def page(site):
    return article(site / "book" / "01_first.html")


def article(path):
    text = path.read_text(encoding="utf-8")
    return text[text.index("<article") : text.index("</article>")]


def summaries(page):
    return re.findall(r"<summary>(.*?)</summary>", page)


class TestSmallBook:
    def test_figures_have_numbers_anchors_and_captions(self, page):
        found = re.findall(r'<figure class="(\w+)" id="([\w-]+)">', page)
        assert found == [("still", "fig-lines"), ("move", "move-wave")]
        captions = re.findall(
            r"<figcaption><b><a href=\"#([\w-]+)\">(.*?)</a></b> (.*?)</fig", page
        )
        assert [c[:2] for c in captions] == [
            ("fig-lines", "Figure 1.1"),
            ("move-wave", "Figure 1.2"),
        ]
        assert captions[0][2].startswith("A <em>line</em>, <math>")

    def test_a_section_counts_on(self, site):
        assert 'id="fig-1-3"' in article(site / "book" / "01_a_more.html")

    def test_links_read_as_numbers(self, page, site):
        links = re.findall(r'href="([^"]*#(?:fig|move|eq|ex)-[^"]+)"><span>(.*?)</span>', page)
        assert links == [
            ("#fig-lines", "Figure 1.1"),
            ("01_a_more.html#fig-1-3", "Figure 1.3"),
            ("#move-wave", "the wave"),
            ("#eq-sum", "(1.1)"),
            ("#eq-sum", "(1.1)"),
            ("#ex-1-1", "Exercise 1.1"),
            ("#fig-lines", "A place"),
        ]
        for address in ("fig-lines", "move-wave", "eq-sum", "ex-1-1"):
            assert page.count(f'id="{address}"') == 1
        back = re.findall(
            r'href="(01_first[^"]*)"><span>(.*?)<', article(site / "book/01_a_more.html")
        )
        assert back == [
            ("01_first.html#fig-lines", "Figure 1.1"),
            ("01_first.html#move-wave", "the wave"),
        ]

    def test_only_equations_with_a_name_have_a_number(self, page):
        assert page.count('class="eqno"') == 1

    def test_the_page_holds_the_picture_that_the_move_starts_with(self, site, page):
        models = widgets.stored(site.parents[1] / "book" / "01_first.ipynb").values()
        (moved,) = (model for model in models if model.kind == "move")
        picture = re.search(r'<img src="../(_images/move-\w+\.svg)" loading="lazy"', page)[1]
        narrow = re.search(r'<source srcset="../(_images/move-\w+\.svg)"', page)[1]
        assert (site / picture).read_text(encoding="utf-8") == moved.start()
        assert (site / narrow).read_text(encoding="utf-8") == moved.start("narrow")
        assert moved.start() != moved.start("narrow")

    def test_stills_are_drawings_that_keep_their_place(self, page):
        still = re.search(r'<figure class="still".*?<img ([^>]*)>', page)[1]
        assert re.search(r'src="../_images/\w+\.svg"', still)
        for part in ('width="600"', 'height="340"', 'loading="lazy"', "A line from (0, 0)"):
            assert part in still

    def test_a_model_stands_in_a_file_of_its_own(self, site, page):
        (name,) = re.findall(r'data-book="(\w+)" class="book-move"', page)
        text = (site / "_static" / "book" / "widgets" / f"{name}.js").read_text(encoding="utf-8")
        key, model = json.loads("[" + text.removeprefix("bookWidget(").rstrip(")\n") + "]")
        assert key == name and model["kind"] == "move" and "html" not in model["state"]
        assert "widget-state+json" not in page and "widget-view+json" not in page

    def test_one_fold_a_figure_after_it_and_named_by_what_it_hides(self, page):
        assert summaries(page) == [
            "Code of figure 1.1",
            "Code of this question",
            "Code of figure 1.2",
            "Code of this question",
            "Hint for exercise 1.1",
            "Solution of exercise 1.1",
            "What comes out",
        ]
        assert page.index("<figcaption>") < page.index("Code of figure 1.1")
        fold = page[page.index("Code of figure 1.1") : page.index("Between")]
        assert "prepare" in fold and "plot" in fold

    def test_what_an_ask_lets_unfold_is_in_its_box(self, page):
        boxes = re.findall(r'<div class="ask-below" data-for="(\w+)" hidden="until-found">', page)
        asked = re.findall(r'data-book="(\w+)" class="book-ask"', page)
        assert boxes == asked and len(boxes) == 2
        first = page.index('class="ask-below"')
        assert first < page.index("the secret number 4") < page.index("in the open")

    def test_nobody_is_told_that_his_answer_is_wrong(self, page):
        assert "Not yet" not in page
        assert 'class="how-to-run"' in page and 'href="../_sources/book/01_first.ipynb"' in page

    def test_chinese_is_marked(self, page, site):
        assert re.findall(r'<span class="zh" lang="zh">(.*?)</span>', page) == [" (基)", " (张成)"]
        assert '<span lang="zh">术语表</span>' in article(site / "book" / "glossary.html")

    def test_the_site_carries_its_sheet_its_script_its_fonts_and_their_licences(self, site):
        own = site / "_static" / "book"
        text = (site / "book" / "01_first.html").read_text(encoding="utf-8")
        sheets = re.findall(r'<link[^>]*href="([^"]+\.css)', text)
        assert sheets == ["../_static/book/book.css"]
        assert "mathjax" not in text.lower().replace("mathjax_ignore", "")
        assert "base64" in (own / "book.css").read_text(encoding="utf-8")
        for name in ("OFL.txt", "OFL-STIX.txt"):
            terms = (own / "fonts" / name).read_text(encoding="utf-8")
            assert "SIL OPEN FONT LICENSE" in terms.upper() and "Copyright" in terms


@pytest.mark.parametrize(
    ("cell", "source", "says"),
    [
        (0, "# 1. A\n\n[](#fig-none)\n\n$\\nosuchmacro$", ["fig-none", "not understood"]),
        (5, "## B", ["without heading"]),
    ],
)
def test_a_fault_in_a_notebook_stops_the_build(tmp_path, cell, source, says):
    notebook = small_book.chapter()
    notebook.cells[cell].update(source=source)
    small_book.write(tmp_path / "book", notebook)
    all_ = ["--keep-going"] if len(says) > 1 else []
    built = small_book.build(tmp_path / "book", "-W", "-q", *all_, fonts=False)
    assert built.returncode != 0
    assert all(text in built.stdout + built.stderr for text in says)
