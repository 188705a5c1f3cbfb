"""What is declared is imported; each stage installs what it needs; the lock names everything."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LIBRARY, NOTEBOOK, TORCH = (
    {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
    for lines in (
        PROJECT["dependencies"],
        PROJECT["optional-dependencies"]["notebook"],
        PROJECT["optional-dependencies"]["torch"],
    )
)
PYTORCH = "https://download.pytorch.org/whl/cpu"  # as PyTorch's own instructions name it
USED_WITHOUT_IMPORT = {  # where each is used, and by which words
    "brotli": ("book/_ext/**/*.py", "woff2"),
    "jupyter-book": ("Makefile", "jupyter-book build"),
    "jupyterlab": ("Makefile", "jupyter lab"),
    "jupyterlab-myst": ("book/*.ipynb", ":::{admonition}"),
    "jupytext": ("CONTRIBUTING.md", "bin/jupytext"),
    "pytest-cov": ("CONTRIBUTING.md", "--cov"),
    "numpydoc": ("Makefile", "numpydoc lint"),
    "ruff": ("Makefile", "ruff check"),
}
FOLDERS = ("book/_ext", "bench", "tests", "tools")
OWN = {"notebooklib", *FOLDERS} | {
    name
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    for name in (path.stem, path.parent.name)
}
PACKAGE_OPENERS = {"files", "packaged"}  # importlib.resources.files and the extension's own
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name):
    """Return the requirements that a file of requirements states itself, by name."""
    lines = (line.partition("#")[0].strip() for line in read(name).splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


BOOK, ALL = pins("requirements-book.txt"), pins("requirements.txt")


def code(*patterns):
    """Yield the code of files and notebooks."""
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = [c["source"] for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
            lines = "\n".join("".join(source) for source in cells).splitlines()
            text = "\n".join("" if line.startswith(("%", "!")) else line for line in lines)
        yield ast.parse(text)


def imported(*patterns):
    """Return the distributions whose modules these files import or open by name."""
    owners, found = metadata.packages_distributions(), set()
    for tree in code(*patterns):
        names = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module)
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in PACKAGE_OPENERS:
                if node.args and isinstance(node.args[0], ast.Constant):
                    names.add(str(node.args[0].value).replace("-", "_"))
        tops = {name.partition(".")[0] for name in names}
        tops -= set(sys.stdlib_module_names) | OWN
        found |= {canonicalize_name(owners.get(top, [top])[0]) for top in tops}
    return found


def closure(names):
    """Return the distributions that these bring along here, themselves included."""
    found, waiting = set(), [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found and not requirement.extras:
            continue
        found.add(name)
        extras = {"", *requirement.extras}
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(need)
    return found


# ------------------------------------------------------------------- what is declared is imported


def test_the_library_imports_what_it_declares():
    assert imported("src/**/*.py") == {*LIBRARY, *NOTEBOOK, *TORCH}


def test_the_site_imports_what_its_requirements_declare():
    assert imported("book/_ext/**/*.py") == {*BOOK} - {*USED_WITHOUT_IMPORT}


def test_tools_tests_and_notebooks_import_what_is_declared():
    patterns = ("*.py", "tools/*.py", "tests/*.py", "bench/*.py", "book/*.ipynb")
    library = {*LIBRARY, *NOTEBOOK, *TORCH}
    mine = imported(*patterns) - library - {*BOOK}
    assert mine == {*ALL} - library - {*USED_WITHOUT_IMPORT}


@pytest.mark.parametrize("name", USED_WITHOUT_IMPORT)
def test_what_no_code_imports_is_used_otherwise(name):
    pattern, words = USED_WITHOUT_IMPORT[name]
    assert name in {*BOOK, *ALL}
    assert any(words in path.read_text(encoding="utf-8") for path in ROOT.glob(pattern))


@pytest.mark.parametrize("name", sorted({*LIBRARY, *NOTEBOOK, *TORCH}))
def test_what_is_installed_lies_in_the_range_of_the_library(name):
    pin = BOOK.get(name) or ALL[name]
    (version,) = pin.specifier
    assert ({**LIBRARY, **NOTEBOOK, **TORCH})[name].specifier.contains(version.version)


# ---------------------------------------------------------------------------- stages and the lock


def test_reading_needs_neither_pytorch_nor_jupyterlab():
    heavy = {"torch", "jupyterlab", "jupyter-server", "numpy", "scipy", "matplotlib", "playwright"}
    assert not closure(BOOK) & heavy


def test_the_lock_names_everything_with_its_version():
    locked = pins("constraints.txt")
    present = [name for name, pin in ALL.items() if pin.marker is None or pin.marker.evaluate()]
    assert closure([*BOOK, *present]) <= {*locked}
    assert all(re.fullmatch(r"==[\w.+!]+", str(pin.specifier)) for pin in locked.values())
    for name, pin in (BOOK | ALL).items():
        assert locked[name].specifier == pin.specifier, f"make lock: {name}"


def test_only_pytorch_is_ever_taken_from_another_index():
    for name in ("requirements-book.txt", "requirements.txt", "constraints.txt", "pyproject.toml"):
        assert "://" not in read(name)
    for name in ("Makefile", "binder/postBuild"):
        assert re.findall(r"https://\S+", read(name)) == [PYTORCH]
    assert f"--no-deps --index-url {PYTORCH} torch\n" in read("binder/postBuild")


def commands(*words):
    """Return what `make` would run on a clean machine, whatever the one that runs us was told."""
    told = ("MAKEFLAGS", "MAKEOVERRIDES", "TORCH")
    clean = {name: value for name, value in os.environ.items() if name not in told}
    make = ["make", "-Bn", *words]
    done = subprocess.run(make, cwd=ROOT, env=clean, capture_output=True, check=True)
    return done.stdout.decode()


@needs_make
def test_each_task_installs_what_it_needs():
    assert "-r requirements-book.txt" in commands("book")
    assert "-r requirements.txt" not in commands("book")
    for task in ("test", "lab", "notebooks", "bench"):
        assert "-r requirements.txt" in commands(task)
        assert PYTORCH not in commands(task)
        assert f"--index-url {PYTORCH} torch" in commands(task, "TORCH=cpu")


# --------------------------------------------------------------------- a clear word where one lacks

HIDE = """
import importlib, pkgutil, sys

class Hidden:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden)
import notebooklib

for module in pkgutil.walk_packages(notebooklib.__path__, "notebooklib.", onerror=lambda _: None):
    try:
        importlib.import_module(module.name)
    except ImportError as error:
        print(module.name, "|", error)
"""


def refused(*hidden):
    """Return what the modules of the library say when these packages are missing."""
    done = subprocess.run(
        [sys.executable, "-c", HIDE.format(hidden=hidden)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return dict(line.split(" | ") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "extra, hidden",
    [
        ("torch", ("torch",)),
        ("notebook", ("IPython", "anywidget", "matplotlib", "matplotlib_inline", "traitlets")),
        ("notebook", ("PIL", "fontTools", "markdown_it", "math_core", "mdit_py_plugins")),
    ],
)
def test_a_missing_extra_is_named(extra, hidden):
    said = refused(*hidden)
    assert said
    for module, sentence in said.items():
        assert f'python -m pip install "notebooklib[{extra}]"' in sentence, module
    if extra == "torch":
        assert "notebooklib.transformer" in said
        assert not any(name.startswith("notebooklib.figures") for name in said)
    else:
        assert {"notebooklib.figures", "notebooklib.interactive"} <= {*said}
        assert not {"notebooklib.mlp", "notebooklib.transformer", "notebooklib.language"} & {*said}


@pytest.mark.slow
def test_the_library_alone_is_small_and_works(tmp_path):
    """What `pip install notebooklib` brings, without extras."""
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    source = shutil.copytree(ROOT / "src", tmp_path / "copy" / "src")
    shutil.copy(ROOT / "pyproject.toml", source.parent)
    install = ["-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), source.parent]
    subprocess.run([python, *install], check=True)
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True
    )
    names = {canonicalize_name(package["name"]) for package in json.loads(listed.stdout)}
    assert names - {"pip", "setuptools"} == {"notebooklib"} | closure(LIBRARY)
    run = (
        "from notebooklib import language, linear_algebra, mlp, optim; linear_algebra.dot([1], [2])"
    )
    subprocess.run([python, "-I", "-c", run], check=True)
    said = subprocess.run(
        [python, "-I", "-c", "import notebooklib.figures"], capture_output=True, encoding="utf-8"
    )
    assert said.returncode == 1
    assert 'python -m pip install "notebooklib[notebook]"' in said.stderr


# --------------------------------------------------------------------- other people's machines

WORKFLOW, CONTAINER = ROOT / ".github/workflows/book.yml", ROOT / ".devcontainer/devcontainer.json"
needs_hidden_files = pytest.mark.skipif(
    not (WORKFLOW.exists() and CONTAINER.exists()), reason="a copy without hidden files"
)
TARGETS = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.M))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "Dockerfile"])
def test_every_make_task_named_exists(name):
    named = re.findall(r"(?:^|`|RUN |notes )make ([a-z]+)", read(name), flags=re.M)
    assert named and {*named} <= TARGETS


@needs_hidden_files
def test_every_make_task_of_hosted_machines_exists():
    for path in (WORKFLOW, CONTAINER):
        named = re.findall(r"\bmake ([a-z]+)\b", path.read_text(encoding="utf-8"))
        assert named and {*named} <= TARGETS


@pytest.mark.parametrize("name", ["README.md", "Dockerfile", "binder/postBuild"])
def test_every_file_of_requirements_named_exists(name):
    named = re.findall(r"\b(?:requirements|constraints)[\w-]*\.txt", read(name))
    assert named and all((ROOT / file).exists() for file in named)


@needs_hidden_files
def test_the_workflow_tests_and_publishes_without_a_secret():
    text = WORKFLOW.read_text(encoding="utf-8")
    assert {*yaml.safe_load(text)["jobs"]} == {"test", "pages"}
    assert "secrets." not in text


@needs_hidden_files
def test_the_container_of_the_editor_is_a_stage_of_the_dockerfile():
    build = json.loads(CONTAINER.read_text(encoding="utf-8"))["build"]
    assert (CONTAINER.parent / build["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert re.search(rf"^FROM \S+ AS {build['target']}$", read("Dockerfile"), flags=re.M)
