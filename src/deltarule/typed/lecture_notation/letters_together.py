"""Letters that stand together, of which a product is meant as likely: mc² and ax + by.

A name of two letters is one in programs, x*wd, where it has brackets, za[n, i], and where somebody
says its shape or derives by it; else E = mc² would have a number mc.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from deltarule.errors import DeltaruleError
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.lecture_notation.letters_beside import ONE_NAME
from deltarule.typed.slips.slip_parts import KNOWN, LETTERS

_TWO = re.compile(r"[a-z]{2}")
_THREE = re.compile(r"[a-z]{3}")
#: A letter and a number, twice or more: w1x1, W1x.
_NUMBERED = re.compile(r"(?:[A-Za-z]\d+)+[A-Za-z](?:\d+)?")
_PROGRAM = re.compile(r"\*|@|\b(?:np|numpy|torch|jnp|math|tf)\.|\.(?:T|sum|mean)\b|==")


def refuse_letters_together(
    text: str, equations: Sequence[TypedEquation], called: Collection[str]
) -> None:
    """Raises DeltaruleError for such letters; `called` are names of which something is said."""
    if _PROGRAM.search(text):
        return
    given = {e.name for e in equations} | {*called}
    reads = {e.place: e.reads() for e in equations}
    alone = {n for uses in reads.values() for n in uses if len(n) == 1}
    for place, uses in reads.items():
        for name in uses:
            plain = None in uses[name] or re.search(rf"(?<!\w){name}_", text)
            if plain and name not in given and _is_product(name, alone):
                factors = " ".join(re.findall(r"[A-Za-z]\d*", name))
                raise DeltaruleError(
                    f"{name} is one name as it stands, and may be a product",
                    place,
                    f"write {factors} for the product; for one name say its shape, as in "
                    f"--set {name}=scalar",
                )


def _is_product(name: str, alone: Collection[str]) -> bool:
    if name in ONE_NAME or name in KNOWN or name in LETTERS:
        return False
    if _TWO.fullmatch(name):
        return name[0] != "d"  # dx is a difference
    return bool(_NUMBERED.fullmatch(name) or (_THREE.fullmatch(name) and {*name} & {*alone}))
