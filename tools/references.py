"""Write book/references.md from book/references.bib: a list that every reader of Markdown shows.

usage: references.py [--check]     `--check` writes nothing and exits with 1 where it would
"""

import argparse
import re
import sys
from pathlib import Path

from pybtex.database import BibliographyData, Entry, parse_file

BOOK = Path(__file__).resolve().parents[1] / "book"
HEAD = """# References

What the chapters refer to, by the names of the authors. Each entry leads to the work itself: by its
DOI where it has one, otherwise by the address at which it can be read.
"""


def plain(text: str) -> str:
    """Return a BibTeX value without braces, with its dashes."""
    return re.sub(r"[{}]", "", text).replace("--", "–")


def surnames(entry: Entry) -> list[str]:
    """Return the family names of the authors, "others" among them."""
    people = entry.persons["author"]
    return [plain(" ".join([*p.prelast_names, *p.last_names])) for p in people]


def authors(entry: Entry) -> str:
    """Return the short form: one name, two, or the first and "et al."."""
    names = surnames(entry)
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def label(entry: Entry, *, bracketed: bool = False) -> str:
    """Return the words of a link: "Strang (2016)", or "Strang, 2016" within brackets."""
    year = entry.fields["year"]
    return f"{authors(entry)}, {year}" if bracketed else f"{authors(entry)} ({year})"


def link(key: str, entry: Entry, *, bracketed: bool = False) -> str:
    """Return a Markdown link to the entry in the list."""
    return f"[{label(entry, bracketed=bracketed)}](references.md#{key})"


def everybody(entry: Entry) -> str:
    """Return all authors with their given names."""
    names = []
    for person in entry.persons["author"]:
        first = " ".join([*person.first_names, *person.middle_names])
        last = " ".join([*person.prelast_names, *person.last_names])
        names.append("others" if last == "others" else plain(f"{first} {last}"))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def address(entry: Entry) -> str:
    """Return where the work is found."""
    doi, url = entry.fields.get("doi"), entry.fields.get("url")
    if doi:
        return f"[doi:{doi}](<https://doi.org/{doi}>)"
    return f"<{url}>" if url else ""


def line(entry: Entry) -> str:
    """Return one entry of the list, in Markdown."""
    get = lambda name: plain(entry.fields.get(name, ""))  # noqa: E731
    place = get("journal") or get("booktitle") or get("howpublished") or get("publisher")
    if get("volume"):
        place += f" {get('volume')}" + (f" ({get('number')})" if get("number") else "")
    if get("pages"):
        place += f", {get('pages')}"
    edition = f"{get('edition')} edition" if get("edition") else ""
    parts = [f"{everybody(entry)} ({get('year')})", f"*{get('title')}*", edition, place]
    return ". ".join(filter(None, parts)) + f". {address(entry)}".rstrip()


def page(works: BibliographyData) -> str:
    """Return the whole page, the entries in order of their authors, each with its key as anchor."""
    order = sorted(works.entries.items(), key=lambda item: (label(item[1]).casefold(), item[0]))
    return "\n".join([HEAD, *(f"({key})=\n{line(entry)}\n" for key, entry in order)])


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, report a change")
    arguments = parser.parse_args()
    target = BOOK / "references.md"
    text = page(parse_file(BOOK / "references.bib"))
    if text == target.read_text(encoding="utf-8"):
        return 0
    if not arguments.check:
        target.write_text(text, encoding="utf-8")
    return int(arguments.check)


if __name__ == "__main__":
    sys.exit(main())
