"""What stands around the pages: search, descriptions, links to the source, the zip, the map."""

import doctest
import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import small_book
from browsing import PAGES, SITE, opened
from pybtex.database import parse_file

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from site_extras import (  # noqa: E402
    descriptions,
    place,
    plain_text,
    search,
    sitemap,
    source,
)
from sphinx.errors import ConfigError  # noqa: E402


@pytest.fixture
def built(request):
    """Give the built site's folder, where the built pages are asked for."""
    if not request.config.getoption("--browser"):
        pytest.skip("looks at the built pages: pytest --browser")
    return request.getfixturevalue("site")


@pytest.mark.parametrize("module", [descriptions, place, plain_text, search, source, sitemap])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


# --------------------------------------------------------------------------------- plain words


@pytest.mark.parametrize(
    "tex, text",
    [
        (r"\eta", "η"),
        (r"\nabla L(\theta)", "∇L(θ)"),
        (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
        (r"\tfrac{a+d}{2}", "(a + d)/2"),
        (r"w_{ij}^l", "w_ij^l"),
        (r"x_1^2 = -4", "x₁² = −4"),
        (r"\sum_i y_i x_i + \log p", "∑_i y_i x_i + log p"),
        (r"\hat y", "ŷ"),
        (r"\begin{bmatrix}a & b\\c & d\end{bmatrix}", "[a b; c d]"),
        (r"\mathbb R^n", "ℝⁿ"),
    ],
)
def test_a_formula_in_plain_signs(tex, text):
    assert plain_text.formula(tex) == text


def test_a_formula_that_is_not_understood_still_has_no_backslash():
    assert "\\" not in plain_text.formula(r"\unheardof{x}")


def test_every_formula_of_the_book_becomes_plain_signs():
    found = 0
    for path in [*ROOT.glob("book/*.ipynb"), *ROOT.glob("book/*.md")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        text = re.sub(r"```.*?```(?=\n|$)|(?<!`)`[^`\n]+`", "", text, flags=re.S)
        for tex in re.findall(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+)\$", text, re.S):
            plain = plain_text.formula(tex[0] or tex[1])
            found += 1
            assert plain and not re.search(r"[\\$]|&\w+;|begin", plain), (path.name, tex, plain)
    assert found > 300


# -------------------------------------------------------------------------------------- search


def test_a_page_has_an_entry_for_each_section_term_and_symbol():
    page = """<article><section id="top"><h1>Rank<a class="headerlink">#</a></h1><p>All.</p>
    <div class="cell"><div class="cell_input">code</div><div class="cell_output"><p>out</p>
    <figcaption>A plane</figcaption></div></div><details>solution</details>
    <section id="sub"><h2>Of <span class="math">\\(A\\)</span></h2><p>Less <math><mi>η</mi></math>.
    </p></section><section id="terms"><h2>Terms</h2>
    <dl><dt id="term-row">row</dt><dd>行. One.</dd></dl>
    <table><tr id="symbol-eta"><td>η</td><td>the rate</td><td>lr</td></tr></table></section>
    </section></article>"""
    assert [tuple(e.values()) for e in search.entries(page)] == [
        ("top", "", "Rank", "All. A plane", ""),
        ("sub", "", "Of A", "Less η.", ""),
        ("terms", "", "Terms", "", ""),
        ("term-row", "term", "row", "行. One.", "行"),
        ("symbol-eta", "symbol", "η", "the rate · lr", "eta"),
    ]


SEARCHES = [
    ("∇", "book/notation.html#symbol-"),
    ("∂", "book/notation.html#symbol-"),
    ("θ", "book/notation.html#symbol-theta"),
    ("η", "book/notation.html#symbol-eta"),
    ("eta", "book/notation.html#symbol-eta"),
    ("cross-entropy", "book/glossary.html#term-cross-entropy"),
    ("cross entropy", "book/glossary.html#term-cross-entropy"),
    ("determinant", "book/glossary.html#term-determinant"),
    ("eigenvectors", "book/glossary.html#term-eigenvector"),
    ("generalization", "book/glossary.html#term-generalisation"),
    ("线性无关", "book/glossary.html#term-linear-independence"),
    ("行列式", "book/glossary.html#term-determinant"),
    ("交叉熵", "book/glossary.html#term-cross-entropy"),
]


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_search_leads_to_the_place(built, browser, server, served):
    start = server if served else SITE.as_uri() + "/"
    page = opened(browser, start + "search.html")
    for query, where in SEARCHES:
        page.locator("main input[type=search]").fill(query)
        links = page.eval_on_selector_all(
            "ul.search li a", "all => all.map(a => a.getAttribute('href'))"
        )
        assert links and links[0].startswith(where), (query, links[:5])
        for link in links:
            target, _, anchor = link.partition("#")
            assert anchor and f'id="{anchor}"' in (SITE / target).read_text(encoding="utf-8"), link
        text = page.locator("#search-results").inner_text()
        assert not re.search(r"\\[a-z]+|\$", text), text
    page.locator("ul.search li a").first.click()
    page.wait_for_load_state()
    assert page.url.endswith("#term-cross-entropy")
    assert page.foreign == [] and page.complaints == []
    page.close()


def test_the_field_of_any_page_asks_the_search_page(built, browser, server):
    page = opened(browser, f"{server}search.html?q=shear")
    assert page.locator("main input[type=search]").input_value() == "shear"
    sections = page.eval_on_selector_all("ul.search li a", "all => all.map(a => a.href)")
    assert any("01_linear_algebra.html#" in link for link in sections)
    assert page.locator("#search-results mark").first.inner_text().lower() == "shear"
    page.locator("main input[type=search]").fill("qqqq")
    assert "Nothing is found" in page.locator("#search-results").inner_text()
    page.close()


def test_the_script_of_the_search_is_small():
    assert (ROOT / "book/_static/search.js").stat().st_size < 6000


# -------------------------------------------------------------------------------- descriptions


def test_a_description_ends_with_a_word():
    text = descriptions.shortened("word " * 60)
    assert len(text) <= 155 and text.endswith("word…")
    assert descriptions.shortened("Short.") == "Short."


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_what_it_is(built, name):
    head = (built / name).read_text(encoding="utf-8").split("</head>")[0]
    (told,) = re.findall(r'<meta name="description" content="([^"]*)"', head)
    assert 50 <= len(told) <= 155 + 5 * told.count("&") and not re.search(r"[\\${}]", told), told
    assert f'<meta property="og:description" content="{told}"' in head
    assert re.search(r'<meta property="og:title" content="[^"]+"', head)
    assert "<title>" in head and 'lang="en"' in head


def test_descriptions_differ(built):
    told = [
        re.search(r'name="description" content="([^"]*)"', (built / n).read_text("utf-8"))[1]
        for n in PAGES
    ]
    assert len(set(told)) == len(PAGES)


# -------------------------------------------------------------------- links to where it lives


def test_without_a_repository_there_are_no_links():
    assert place.theme_options("") == {}


@pytest.mark.parametrize(
    "address, colab",
    [("https://github.com/owner/name.git", True), ("https://gitlab.com/group/sub/name/", False)],
)
def test_a_repository_gives_source_edit_report_and_launch(address, colab):
    options = place.theme_options(address, "draft")
    assert options["repository_url"] == address.rstrip("/").removesuffix(".git")
    assert options["repository_branch"] == "draft"
    for name in ("use_source_button", "use_edit_page_button", "use_issues_button"):
        assert options[name] is True
    assert options["launch_buttons"]["binderhub_url"] == "https://mybinder.org"
    assert ("colab_url" in options["launch_buttons"]) == colab


@pytest.mark.parametrize(
    "address",
    ["owner/name", "https://github.com", "https://example.org/a/b", "ftp://github.com/a/b"],
)
def test_what_is_no_repository_is_refused(address):
    with pytest.raises(ConfigError, match=f"BOOK_REPOSITORY: expected .* got '{address}'"):
        place.theme_options(address)


def test_a_site_that_is_told_where_it_lives(tmp_path):
    """Build two pages with the book's own settings and the three variables set."""
    (tmp_path / "book").mkdir()
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    contents = "format: jb-book\nroot: book/notation\nchapters:\n  - file: book/page\n"
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    for name in ("_ext", "_static", "_templates", "notation.md", "references.bib"):
        (tmp_path / "book" / name).symlink_to(ROOT / "book" / name)
    kernel = {"name": "python3", "display_name": "Python 3"}
    book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    text = "# A page\n\nWhat it says, and [the rate](notation.md#symbol-eta) that it names."
    book.cells = [nbformat.v4.new_markdown_cell(text)]
    nbformat.write(book, tmp_path / "book/page.ipynb")
    places = {
        "BOOK_REPOSITORY": "https://github.com/owner/name",
        "BOOK_ADDRESS": "https://example.org/notes",
    }
    done = small_book.build(tmp_path, "-W", "-q", fonts=False, **places)
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / "_build/html"
    page = (site / "book/page.html").read_text(encoding="utf-8")
    for link in (
        "https://github.com/owner/name/blob/main/book/page.ipynb",
        "https://github.com/owner/name/edit/main/book/page.ipynb",
        "https://github.com/owner/name/issues/new",
        "https://mybinder.org/v2/gh/owner/name/main?urlpath=lab/tree/book/page.ipynb",
        "https://colab.research.google.com/github/owner/name/blob/main/book/page.ipynb",
        '<link rel="canonical" href="https://example.org/notes/book/page.html"',
        'property="og:image" content="https://example.org/notes/_static/book/page.png"',
        'href="notation.html#symbol-eta"',
    ):
        assert link in page, link
    assert (site / "_static/book/page.png").exists()
    places = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert places == [f"https://example.org/notes/book/{n}.html" for n in ("notation", "page")]


def test_a_site_that_is_told_nothing_invents_nothing(built):
    assert not (built / "sitemap.xml").exists()
    for name in PAGES:
        text = (built / name).read_text(encoding="utf-8")
        for word in ("canonical", "og:image", "og:url", "mybinder.org", "colab.research"):
            assert word not in text.split("<main")[0], (name, word)


# ------------------------------------------------------------------------------------- the zip


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zip")
    source.write_zip(ROOT, folder / "ai-basic-notes.zip")
    with zipfile.ZipFile(folder / "ai-basic-notes.zip") as archive:
        archive.extractall(folder)
    return folder / "ai-basic-notes"


def test_the_zip_is_the_same_each_time(unpacked, tmp_path):
    first = unpacked.with_name("ai-basic-notes.zip")
    source.write_zip(ROOT, tmp_path / first.name)
    same = first.read_bytes() == (tmp_path / first.name).read_bytes()
    assert same  # pytest would spell the difference out


def test_the_zip_holds_all_that_git_keeps(unpacked):
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("no git here")
    kept = {n for n in done.stdout.split() if not n.startswith(".") and (ROOT / n).exists()}
    held = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert kept - held == set()


def test_a_notebook_of_the_zip_runs_there(unpacked):
    cells = nbformat.read(unpacked / "book/01_linear_algebra.ipynb", as_version=4).cells
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    told = "import notebooklib; print(notebooklib.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", f"{first}\n{told}"],
        cwd=unpacked / "book",
        env=os.environ | {"PYTHONPATH": str(unpacked / "src"), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.split("\n")[-2]).is_relative_to(unpacked)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_offers_the_zip(built, name):
    text = (built / name).read_text(encoding="utf-8")
    assert 'href="../_downloads/ai-basic-notes.zip"' in text
    assert (built / "_downloads/ai-basic-notes.zip").stat().st_size < 20e6


# --------------------------------------------------------------------- references and the cover


def load_tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def markdown(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


NOTEBOOKS = sorted(ROOT.glob("book/*.ipynb"))


def test_every_reference_leads_to_the_work():
    works = parse_file(ROOT / "book/references.bib").entries
    for key, work in works.items():
        doi, url = work.fields.get("doi", ""), work.fields.get("url", "")
        assert re.fullmatch(r"10\.\d{4,}/\S+", doi) or re.fullmatch(r"https?://\S+", url), key


def test_the_page_of_references_is_the_list_of_works():
    tool = load_tool("references")
    page = tool.page(parse_file(ROOT / "book/references.bib"))
    assert (ROOT / "book/references.md").read_text(encoding="utf-8") == page


def test_links_to_works_say_their_authors_and_year():
    works = parse_file(ROOT / "book/references.bib").entries
    tool = load_tool("references")
    for path in NOTEBOOKS:
        for words, key in re.findall(r"\[([^\]]+)\]\(references\.md#(\w+)\)", markdown(path)):
            both = {tool.label(works[key]), tool.label(works[key], bracketed=True)}
            assert words in both, (path.name, words)


def test_the_cover_names_every_chapter_and_links_those_that_are_there():
    text = markdown(ROOT / "book/intro.ipynb")
    cards = re.findall(r"^- \*\*(\d+) (.+?)\*\*$(.*?)(?=^- |\Z|^## )", text, re.S | re.M)
    assert [int(number) for number, *_ in cards] == list(range(1, 14))
    for number, title, body in cards:
        there = sorted(ROOT.glob(f"book/{int(number):02d}_[a-z][a-z]*.ipynb"))
        linked = re.search(r"\]\((\S+\.ipynb)\)", title)
        assert bool(linked) == bool(there) == ("*Coming.*" not in body), title
        if linked:
            assert ROOT / "book" / linked[1] in there
            sentence = re.search(r"^\*(.+)\*$", markdown(there[0]), re.M)[1]
            assert sentence in body, "the card says what the chapter's first sentence says"
        assert f"_static/cover/{int(number):02d}.svg" in body


def test_the_pictures_of_the_cover_are_small_and_turn_over_in_the_dark():
    pictures = sorted(ROOT.glob("book/_static/cover/*.svg"))
    assert len(pictures) == 13
    for path in pictures:
        text = path.read_text(encoding="utf-8")
        assert len(text) < 32_000 and "prefers-color-scheme:dark" in text
