"""Single letters that are numbers where a text can be read in no way with all of them as vectors.

    y = x + h tanh(W x)                    h is a step
    v = x − t Aᵀ (A x − b)                 t is one
    r' = r − a A p; p' = r' + b p          a and b are numbers

Letters that are vectors everywhere, x and w, are none. What was taken so is said in a note, and of
several letters of which one may be the number none is taken: the refusal says how one is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network
from deltarule.spelling.name_parts import GREEK
from deltarule.spelling.names import pretty
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.numbers_alone import LETTER, SEVERAL_WAYS, of_lengths, perhaps_numbers
from deltarule.typed.quantities.usual_letters import usual_rank

#: What is said of such a text.
ONE_NUMBER = (
    "{0} is a number here, as a vector times a vector can be read in several ways: write ⊙ for "
    "products entry by entry."
)
TWO_NUMBERS = ONE_NUMBER.replace("{0} is a number", "{0} and {1} are numbers")
#: Letters of vectors, steps of two letters, and how many letters are tried.
_VECTORS, _STEPS, _MOST = ("x", "y", "z", "u", "v", "w"), ("dt", "Deltat"), 6

#: The network in which some letters are numbers, with vectors as columns or rows; None for none.
Reading = Callable[[tuple[str, ...], bool], Network | None]


def with_numbers(
    reading: Reading,
    equations: Sequence[TypedEquation],
    names: Iterable[str],
    columns: bool,
    refused: DeltaruleError,
) -> Network:
    """What is refused for a vector times a vector, with the letters as numbers by which it can be
    read. Raises `refused` where there are none, or several."""
    names = list(names)
    usual = [(n,) for n in perhaps_numbers(equations, names, refused)]
    found = _readings(reading, usual, columns)
    if len(found) != 1 and refused.fact.endswith(SEVERAL_WAYS):
        letters = _letters(equations, names)
        pairs = [(a, b) for k, a in enumerate(letters) for b in letters[k + 1 :]]
        pairs = [] if any(n in GREEK and usual_rank(n) for n in names) else pairs
        for way in (True, False):  # a number stands before a column, as before a product
            for tried in ([(n,) for n in letters], pairs):
                found = found or _readings(reading, tried, way)
    clear = _clear(found, equations)
    if clear:
        note = (ONE_NUMBER if len(clear) == 1 else TWO_NUMBERS).format(*map(pretty, clear))
        return replace(found[clear], text=note)
    if not found:
        raise refused from None
    name = min(found)[0]
    remedy = f"{refused.remedy}; for a number {pretty(name)}, --set {name}=scalar"
    raise DeltaruleError(refused.fact, refused.place, remedy) from None


def _readings(
    reading: Reading, tried: Iterable[tuple[str, ...]], columns: bool
) -> dict[tuple[str, ...], Network]:
    found = {names: reading(names, columns) for names in tried}
    return {names: network for names, network in found.items() if network is not None}


def _letters(equations: Sequence[TypedEquation], names: Iterable[str]) -> list[str]:
    """Those that may be numbers, the ones that are nothing but factors first."""
    lengths, formulas = of_lengths(equations), " ; ".join(e.formula for e in equations)
    free = [n for n in names if n in _STEPS or (LETTER.fullmatch(n) and n not in _VECTORS)]
    terms = {n for n in free if _stands_alone(n, formulas)}
    free = [n for n in free if n not in terms & lengths]
    return sorted(free, key=lambda n: n in terms)[:_MOST]


def _clear(found: Iterable[tuple[str, ...]], equations: Sequence[TypedEquation]) -> tuple[str, ...]:
    """Those letters of which it is certain that they are the numbers: the only ones that can be, or
    the only ones of them that are nothing but factors; none where it is not."""
    formulas = " ; ".join(e.formula for e in equations)
    found = list(found)
    factors = [n for n in found if not any(_stands_alone(name, formulas) for name in n)]
    return next((ways[0] for ways in (found, factors) if len(ways) == 1), ())


def _stands_alone(name: str, formulas: str) -> bool:
    """Whether a letter is a term somewhere, x of x − t A x, and not beside 1, as a of (1 − a) x."""
    ends = r"[-+−–(),;‖|]"
    formulas = re.sub(rf"\(\s*1\s*[-−–+]\s*{name}\s*\)", " ", formulas)
    return bool(re.search(rf"(?:^|{ends})\s*{name}\s*(?:$|{ends})", formulas))
