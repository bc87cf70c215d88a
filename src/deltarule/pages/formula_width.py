"""How wide a formula in MathML is, roughly: paper cannot be moved sideways, so that one which is
wider than a sheet is set smaller there.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

#: What stands below or above is so much smaller.
_SCRIPT = 0.72
#: So many letters stand beside each other on a sheet of A4, in a step of a derivation too.
LINE = 68.0
#: Signs between others have space around them; brackets and commas, none or little.
_SPACED, _BARE = 1.9, 0.75


def width(elements: str) -> float:
    """The width of a row of elements, in letters."""
    return _width(fromstring(f"<mrow>{elements}</mrow>"))


def smaller_on_paper(elements: str) -> str:
    """The style of what holds a formula: by how much it is too wide; nothing where it is not."""
    over = width(elements) / LINE
    return f' style="--over:{over:.2f}"' if over > 1 else ""


def _width(element: Element) -> float:
    parts = [_width(part) for part in element]
    match element.tag:
        case "mfrac" | "mtable":
            return max(parts, default=0.0)
        case "msub" | "msup":
            return parts[0] + _SCRIPT * parts[1]
        case "munder" | "mover" | "munderover":
            return max(parts[0], *(_SCRIPT * part for part in parts[1:]))
        case "mo":
            text = element.text or ""
            bare = text in "()[]|,\u2061∂′" or element.get("class") == "big"
            return len(text) * (_BARE if bare else _SPACED)
        case _:
            return len((element.text or "").strip("\n")) + sum(parts)
