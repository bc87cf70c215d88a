"""How wide a formula in MathML is, roughly, and where a wide one may be broken: paper cannot be
moved sideways, and MathML Core breaks no lines.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from xml.etree.ElementTree import Element, fromstring, tostring

from deltarule.pages.mathml_names import sign

#: What stands below or above is so much smaller.
_SCRIPT = 0.72
#: So many letters stand beside each other on a sheet of A4, in a step of a derivation too.
LINE = 68.0
#: Signs between others have space around them; brackets and commas, none or little.
_SPACED, _BARE = 1.9, 0.75
#: A line is broken before these, and a piece that is still too wide before or behind those.
_FIRST, _THEN, _BEHIND = ("=", "+", "−"), ("·",), (",",)
#: By how much what cannot be broken is set smaller on paper, in hundredths: each has a style.
SMALLER = (125, 150, 200, 300)


def width(elements: str) -> float:
    """The width of a row of elements, in letters."""
    return _width(fromstring(f"<mrow>{elements}</mrow>"))


def pieces_of_line(elements: str) -> list[tuple[str, int]]:
    """A row of elements as those between which a line may be broken; one piece where it is no
    wider than a sheet. Each with how much smaller it has to be there: 0, or one of SMALLER.
    """
    row = fromstring(f"<mrow>{elements}</mrow>")
    if _width(row) <= LINE:
        return [(elements, 0)]
    found = []
    for piece in _broken([*_flat(row)], _FIRST, ()):
        parts = [piece] if _together(piece) <= LINE else _broken(piece, _THEN, _BEHIND)
        found += [(_written(part), _smaller(_together(part))) for part in parts]
    return found


def _flat(row: Element) -> Iterator[Element]:
    """The elements of a row and of the rows in it. Fractions and brackets that stretch hold what
    is in them together, unless that is wider than a sheet: then they are as high as a line."""
    for element in row:
        if element.tag == "mfrac" and _width(element) > LINE:
            top, bottom = ([*_flat(_row(part))] for part in element)
            yield from (*_bracketed(top), _sign("/"), *_bracketed(bottom))
            continue
        if (
            element.tag != "mrow"
            or element.attrib
            or _stretches(element)
            and _width(element) <= LINE
        ):
            yield element
            continue
        for part in _flat(element):
            if part.tag == "mo" and (part.text or "") in "()[]|⌊⌋⌈⌉":
                part.set("stretchy", "false")
            yield part


def _row(element: Element) -> Element:
    """An element as a row."""
    if element.tag == "mrow" and not element.attrib:
        return element
    row = Element("mrow")
    row.append(element)
    return row


def _bracketed(elements: list[Element]) -> list[Element]:
    return elements if len(elements) == 1 else [_sign("("), *elements, _sign(")")]


def _sign(text: str) -> Element:
    return fromstring(sign(text))


def _stretches(row: Element) -> bool:
    return any(e.tag == "mo" and e.text in (*"([{|⌊⌈",) and "stretchy" not in e.attrib for e in row)


def _broken(
    row: list[Element], before: Container[str], behind: Container[str]
) -> list[list[Element]]:
    """Elements in pieces that begin with a sign between two quantities, or end with one."""
    found: list[list[Element]] = [[]]
    for k, element in enumerate(row):
        last = row[k - 1] if k else None
        after = last is not None and last.tag == "mo" and (last.text or "") in behind
        if after or element.get("class") == "exact":
            found.append([])
        elif element.tag == "mo" and (element.text or "") in before and _ends(last):
            element.set("form", "infix")
            found.append([])
        found[-1].append(element)
    return [piece for piece in found if piece]


def _ends(element: Element | None) -> bool:
    """Whether a quantity ends with an element, so that a sign behind it stands between two."""
    if element is None or element.tag in ("munder", "munderover"):
        return False
    return element.tag != "mo" or (element.text or "") in ")]|⌋⌉}"


def _together(piece: Iterable[Element]) -> float:
    return sum(map(_width, piece))


def _written(piece: Iterable[Element]) -> str:
    return "".join(tostring(e, encoding="unicode", short_empty_elements=False) for e in piece)


def _smaller(wide: float) -> int:
    """By how much a piece is to be smaller, so that it is as wide as a sheet."""
    over = 100 * wide / LINE
    return next((step for step in SMALLER if step >= over), SMALLER[-1]) if over > 100 else 0


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
