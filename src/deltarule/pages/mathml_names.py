"""Names of quantities in MathML: Θ₂ with its index below, ŷ with its hat, ∂E/∂Θ₂ as a fraction.

Elements are those of MathML Core, which browsers set by themselves (W3C, MathML Core, 2025).
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from deltarule.spelling.name_parts import ACCENTS, GREEK, accent, is_greek, split
from deltarule.spelling.names import Reference, parse_reference

#: The signs that stand over a letter; a browser stretches none of them.
_OVER = {"hat": "^", "bar": "¯", "tilde": "~"}


def row(*pieces: str) -> str:
    """Pieces as one: a single element stays as it is."""
    inside = "".join(pieces)
    return inside if inside.count("<") == 2 else f"<mrow>{inside}</mrow>"


def sign(text: str) -> str:
    """A sign between or around quantities, such as = or a bracket; brackets do not stretch."""
    plain = ' stretchy="false"' if text in "()[]|" else ""
    return f"<mo{plain}>{escape(text)}</mo>"


@lru_cache(maxsize=1 << 12)
def mathml_name(text: str) -> str:
    """A quantity in MathML. Raises DeltaruleError for what is no name."""
    return _shown(parse_reference(text))


@lru_cache(maxsize=1 << 12)
def marked_name(text: str) -> str:
    """A quantity marked with its canonical name (`data-q`), so that a page can show its numbers.
    Raises DeltaruleError for what is no name.
    """
    reference = parse_reference(text)
    return f'<mrow class="q" data-q="{escape(reference.name)}">{_shown(reference)}</mrow>'


def _shown(reference: Reference) -> str:
    core = reference.name.removesuffix(" after")
    if reference.of is None:
        shown = _plain(core)
    else:
        above = _plain(reference.of) + places(reference.of_index)
        below = _plain(str(reference.wrt)) + places(reference.entry)
        shown = partial(above, below)
        if reference.direct:
            shown = f"<msub>{row(sign('('), shown, sign(')'))}<mtext>direct</mtext></msub>"
    if reference.after:
        shown = f"<msup>{row(shown)}<mtext>after</mtext></msup>"
    if reference.of is None:
        shown = row(shown, places(reference.entry)) if reference.entry else shown
    return shown


def partial(above: str, below: str) -> str:
    """A derivative as a fraction."""
    top, bottom = f"<mo>∂</mo>{above}", f"<mo>∂</mo>{below}"
    return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"


def places(index: tuple[int, ...]) -> str:
    """Entries in brackets, [0, 2]; nothing for none."""
    return entry([f"<mn>{k}</mn>" for k in index]) if index else ""


def entry(subscripts: list[str]) -> str:
    """Subscripts in brackets, with what stands in them written already."""
    return f"{sign('[')}{sign(',').join(subscripts)}{sign(']')}"


def _plain(name: str) -> str:
    stem, digits, subscripts = split(name)
    below = [f"<mn>{digits}</mn>"] if digits else []
    below += [_plain(s) if is_greek(s) else _word(s) for s in subscripts]
    letter = _stem(stem)
    return f"<msub>{letter}{row(sign(',').join(below))}</msub>" if below else letter


def _word(text: str) -> str:
    return f"<mn>{text}</mn>" if text.isdigit() else f"<mi>{escape(text)}</mi>"


def _stem(stem: str) -> str:
    """A letter or a word, with its accents."""
    if stem in GREEK:
        return f"<mi>{GREEK[stem]}</mi>"
    found = accent(stem)
    if not found:
        return f"<mi>{escape(stem)}</mi>"
    inner, word = found
    if word == "prime":
        return f"<msup>{_stem(inner)}<mo>{ACCENTS[word]}</mo></msup>"
    return f'<mover accent="true">{_stem(inner)}<mo stretchy="false">{_OVER[word]}</mo></mover>'
