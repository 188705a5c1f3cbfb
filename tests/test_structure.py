"""Which module may import which: chapters → concepts → data → nothing; drawing stands aside."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "notebooklib"
MODULES = {  # a package counts as one module of several files
    path.stem: sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for path in PACKAGE.iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
}
del MODULES["__init__"]
# what concepts import
GROUND = {"_extras", "_formulas", "_tensors", "_validate", "data", "language", "training", "device"}
ASIDE = {"figures", "interactive", "live", "exercises", "source"}  # what no concept may import
CONCEPTS = set(MODULES) - GROUND - ASIDE
BROWSER_SIDE = {"matplotlib", "ipywidgets", "anywidget", "IPython", "traitlets", "jupyter"}


def top_imports(name):
    """Return the packages and own modules that a module imports anywhere, functions included."""
    foreign, own = set(), set()
    for path in MODULES[name]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                package, _, rest = node.module.partition(".")
                if package != "notebooklib":
                    foreign.add(package)
                else:
                    own |= {rest.split(".")[0]} if rest else {alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                foreign |= {alias.name.split(".")[0] for alias in node.names}
    return foreign, own


def test_there_are_concepts_and_packages_are_seen():
    assert "linear_algebra" in CONCEPTS
    assert set(MODULES) >= ASIDE
    assert len(MODULES["figures"]) > 3
    assert "matplotlib" in top_imports("figures")[0]


@pytest.mark.parametrize("name", sorted(CONCEPTS))
def test_concepts_import_no_drawing(name):
    foreign, own = top_imports(name)
    assert not foreign & BROWSER_SIDE
    assert not own & ASIDE


@pytest.mark.parametrize("name", sorted(ASIDE - {"exercises"}))
def test_drawing_imports_no_concept(name):
    assert not top_imports(name)[1] & CONCEPTS


@pytest.mark.parametrize("name", sorted(GROUND & set(MODULES)))
def test_ground_imports_no_concept_and_no_drawing(name):
    assert not top_imports(name)[1] & (CONCEPTS | ASIDE)


def test_a_concept_can_be_imported_without_jupyter():
    """Each with nothing of the library imported before it."""
    code = f"""import importlib, sys
sys.modules.update(dict.fromkeys({sorted(BROWSER_SIDE)}))
for name in {sorted(CONCEPTS)}:
    for module in [module for module in sys.modules if module.startswith("notebooklib")]:
        del sys.modules[module]
    importlib.import_module("notebooklib." + name)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_public_name_is_defined_twice():
    """What two modules call by one name is one thing, defined in one of them."""
    homes = {}
    for path in sorted(PACKAGE.rglob("[!_]*.py")):
        for name in defined(ast.parse(path.read_text(encoding="utf-8"))):
            homes.setdefault(name, []).append(str(path.relative_to(PACKAGE)))
    doubled = {name: places for name, places in homes.items() if len(places) > 1}
    assert len(homes) > 150 and not doubled


def defined(module):
    """Return the public names that a module defines, without those it imports."""
    names = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if not name.startswith("_")]
