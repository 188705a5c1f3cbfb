"""The book's own source as one zip, so that a downloaded notebook finds its library."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("binder", "book", "bench", "src", "tests", "tools")
SUFFIXES = {
    ".bib", ".cff", ".cfg", ".css", ".html", ".ipynb", ".js", ".json", ".lock", ".md", ".mplstyle",
    ".png", ".py", ".svg", ".toml", ".txt", ".yml",
}  # fmt: skip
NAMES = {"Dockerfile", "LICENSE", "Makefile", "postBuild"}
LEFT_OUT = {"__pycache__", "_build", "build", "dist", "node_modules"}
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # one date for all files: the zip depends on their bytes alone


def sources(root: Path) -> Iterator[Path]:
    """Yield the files of the book's source in order, without what was built or is hidden."""
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if inside.parts[0] not in FOLDERS and len(inside.parts) > 1:
            continue
        if any(p.startswith(".") or p in LEFT_OUT or p.endswith(".egg-info") for p in inside.parts):
            continue
        if path.is_file() and (path.suffix in SUFFIXES or path.name in NAMES):
            yield path


def write_zip(root: Path, target: Path) -> None:
    """Write the source below `root` to `target`, in a folder of the zip's own name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sources(root):
            name = f"{target.stem}/{path.relative_to(root).as_posix()}"
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, so that the permissions count
            entry.external_attr = (0o755 if path.name == "postBuild" else 0o644) << 16
            archive.writestr(entry, path.read_bytes())
