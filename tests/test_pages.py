"""The glossary, the symbols and the corrections are what the chapters say of them."""

import doctest
from pathlib import Path

import pytest

from tools import pages

ROOT = Path(__file__).parents[1]
PARTS = ROOT / "book" / "chapters"


def test_examples_in_docstrings_hold():
    assert doctest.testmod(pages).failed == 0


@pytest.mark.parametrize("name", pages.PAGES)
def test_the_page_is_current(name):
    written = (ROOT / "book" / f"{name}.md").read_text(encoding="utf-8")
    assert written == pages.page(name, PARTS), "python tools/pages.py writes it anew"


@pytest.mark.parametrize("folder", sorted(p for p in PARTS.iterdir() if p.is_dir()))
def test_every_folder_belongs_to_a_chapter_that_is_there(folder):
    assert list((ROOT / "book").glob(f"{folder.name}_*.ipynb"))
    assert {part.stem for part in folder.iterdir()} <= set(pages.PAGES)


def test_a_chapter_is_put_in_its_place_and_its_terms_in_order(tmp_path):
    write(tmp_path, "glossary.md", "# Glossary\n\n", pages.MARK)
    write(tmp_path, "12/glossary.md", "## Late\n\n", glossary("query", "Key"))
    write(tmp_path, "02/glossary.md", "## Early\n\n", glossary("limit"))
    text = pages.page("glossary", tmp_path)
    assert text.index("limit") < text.index("## Late") < text.index("Key") < text.index("query")
    assert pages.terms(text) == ["limit", "Key", "query"]


@pytest.mark.parametrize("other", ["02", "12"])
def test_a_term_is_explained_once(tmp_path, other):
    write(tmp_path, "glossary.md", pages.MARK)
    write(tmp_path, "02/glossary.md", glossary("rank"))
    write(tmp_path, f"{other}/glossary.md", glossary("rank", "Rank" if other == "12" else "rank"))
    with pytest.raises(ValueError, match=f"expected one explanation, got chapters .* {other}"):
        pages.page("glossary", tmp_path)


def write(folder, name, *texts):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("".join(texts), encoding="utf-8")


def glossary(*terms):
    return "```{glossary}\n" + "".join(f"{term}\n  词. What it is.\n\n" for term in terms) + "```\n"
