"""Plain words out of formulas: what a search, an excerpt or a description can show."""

import html
import re
import unicodedata
from xml.etree import ElementTree

import math_core

TEX = math_core.LatexToMathML(macros={})
RAISED = str.maketrans("0123456789+−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
INFIX = set("=≈≠≤≥<>→↦∈∝+−⋅·×∼≫≪")
ACCENTS = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304"}


def formula(tex: str) -> str:
    r"""Return a formula as a line of plain signs; what is not understood comes without backslashes.

    Examples
    --------
    >>> formula(r"\eta \nabla L(\theta_t)")
    'η∇L(θ_t)'
    >>> formula(r"\frac{\partial L}{\partial w} = x^2")
    '∂L/∂w = x²'
    """
    tex = re.sub(r"\\tag\{[^}]*\}", "", tex)
    tex = tex.replace(r"\hat\imath", r"\hat{\imath}").replace(r"\hat\jmath", r"\hat{\jmath}")
    try:
        return mathml(TEX.convert_with_local_state(tex.strip(), displaystyle=False))
    except Exception:  # whatever the converter could not read
        return re.sub(r"[\\{}$]", "", tex)


def mathml(code: str) -> str:
    """Return a ``<math>`` element, given as text, as a line of plain signs."""
    code = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", code)
    code = re.sub(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;", lambda sign: html.unescape(sign[0]), code)
    text = "".join(_plain(ElementTree.fromstring(code)))
    text = "".join(
        unicodedata.normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" else sign
        for sign in text
    )
    text = unicodedata.normalize("NFC", text.replace("ı\u0302", "î").replace("ȷ\u0302", "ĵ"))
    text = re.sub(r"(^|[=≈≤≥<>→∈(\[,;/] ?)([−+]) ", r"\1\2", re.sub(r"\s+", " ", text).strip())
    return text.replace("( ", "(").replace(" )", ")")


def _plain(node: ElementTree.Element) -> str:
    kind = node.tag
    if kind in ("annotation", "annotation-xml"):
        return ""
    if not len(node):
        wide = kind == "mtext" or (kind == "mspace" and node.get("width"))
        seen = re.sub(r"[\u2061-\u2064\u200b\ufe00-\ufe0f]", "", node.text or "")
        return seen.strip() or (" " if wide else "")
    parts = [_plain(child) for child in node]
    if kind == "mfrac":
        return "/".join(_together(part) for part in parts)
    if kind == "msqrt":
        return "√" + _together("".join(parts))
    if kind == "msup":
        return parts[0] + _raised(parts[1])
    if kind == "munder" and node.get("accentunder"):
        return parts[0]
    if kind in ("msub", "munder"):
        return parts[0] + _lowered(parts[1])
    if kind in ("msubsup", "munderover"):
        return parts[0] + _lowered(parts[1]) + _raised(parts[2])
    if kind == "mover":
        return parts[0] + ACCENTS.get(parts[1], "")
    if kind == "mtr":
        return " ".join(parts)
    if kind == "mtable":
        return "; ".join(parts)
    line = ""
    for child, part in zip(node, parts, strict=True):
        if line and part in INFIX and child.tag == "mo":
            part = f" {part} "
        elif re.search(r"[_^]\w+$|[a-z]{2}$", line) and re.match(r"\w", part):
            part = f" {part}"  # y_i x, log x
        line += part
    return line


def _together(text: str) -> str:
    return text if re.fullmatch(r"[^\s+−/=]*", text) else f"({text})"


def _raised(text: str) -> str:
    if text in ("′", "″", "'", "*", "∗"):
        return text
    return text.translate(RAISED) if re.fullmatch("[0-9+−n]+", text) else "^" + _together(text)


def _lowered(text: str) -> str:
    return text.translate(LOWERED) if re.fullmatch("[0-9]+", text) else "_" + _together(text)
