"""Write the glossary, the symbols and the corrections out of what each chapter says of them.

Each chapter has its own `book/chapters/NN/{glossary,notation,corrections}.md`; what stands before
and after them on the reader's page is in `book/chapters/*.md`. The pages stay in the repository,
so that links lead to them in JupyterLab and on GitHub too.

usage: pages.py [--check]     `--check` writes nothing and exits with 1 where it would
"""

import argparse
import re
import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parents[1] / "book"
PAGES = ("glossary", "notation", "corrections")
MARK = "<!-- chapters -->\n"
BLOCK = re.compile(r"(?<=```\{glossary\}\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)


def entries(block: str) -> list[str]:
    r"""Return the entries of a glossary: a term, and what it is in indented lines.

    Examples
    --------
    >>> entries("rank\n  秩. How many.\n\nbasis\n  基. A set.\n")
    ['rank\n  秩. How many.', 'basis\n  基. A set.']
    """
    return [entry.strip() for entry in re.split(r"\n(?=\S)", block) if entry.strip()]


def terms(section: str) -> list[str]:
    r"""Return the terms that a text explains.

    Examples
    --------
    >>> terms("```{glossary}\nrank\n  秩. How many.\n\nbasis\n  基. A set.\n```\n")
    ['rank', 'basis']
    """
    return [entry.partition("\n")[0] for b in BLOCK.findall(section) for entry in entries(b)]


def in_order(section: str) -> str:
    r"""Return a chapter's glossary with its terms in alphabetical order.

    Examples
    --------
    >>> print(in_order("```{glossary}\nrank\n  秩. How many.\n\nbasis\n  基. A set.\n```\n"))
    ```{glossary}
    basis
      基. A set.
    <BLANKLINE>
    rank
      秩. How many.
    ```
    <BLANKLINE>
    """
    ordered = lambda found: "\n\n".join(sorted(entries(found[1]), key=str.casefold))  # noqa: E731
    return BLOCK.sub(lambda found: ordered(found) + "\n", section)


def page(name: str, folder: Path) -> str:
    """Return a reader's page: its head, the chapters in order, and what follows them.

    Parameters
    ----------
    name : str
        One of `PAGES`.
    folder : Path
        Where the parts are.

    Raises
    ------
    ValueError
        If two chapters explain the same term.
    """
    before, after = (folder / f"{name}.md").read_text(encoding="utf-8").split(MARK)
    parts = sorted(folder.glob(f"*/{name}.md"))
    texts = [part.read_text(encoding="utf-8") for part in parts]
    if name == "glossary":
        at_home: dict[str, str] = {}
        for part, text in zip(parts, texts, strict=True):
            for term in terms(text):
                first = at_home.setdefault(term.casefold(), part.parent.name)
                if (first, terms(text).count(term)) != (part.parent.name, 1):
                    came = f"chapters {first} and {part.parent.name}"
                    raise ValueError(f"{term}: expected one explanation, got {came}")
        texts = [in_order(text) for text in texts]
    between = "" if name == "notation" else "\n"  # its rows are one table
    return before + between.join(texts) + after


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, report a change")
    arguments = parser.parse_args()
    stale = False
    for name in PAGES:
        target, text = BOOK / f"{name}.md", page(name, BOOK / "chapters")
        if not target.exists() or text != target.read_text(encoding="utf-8"):
            stale = True
            if not arguments.check:
                target.write_text(text, encoding="utf-8")
    return int(stale and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
