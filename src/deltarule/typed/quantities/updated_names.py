"""What a line gives by what it reads under the same name: h_i = σ(Σ_j a_ij h_j), W = W − η G.

On the left stands what comes out, h′, on the right what is given, as in a layer of a graph network
and in an update. A read at another time, h[t−1], makes a state instead; and where other lines read
the name, it is not clear which they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from deltarule.spelling.names import pretty
from deltarule.typed.equation_texts import TypedEquation

_PLAIN = re.compile(r"[^\W\d_]\w*|\d+")


def with_updates_apart(equations: Sequence[TypedEquation]) -> list[TypedEquation]:
    """The equations, each that reads its own name with a prime on its left."""
    read = {e.place: e.reads() for e in equations}
    names = {e.name for e in equations} | {n for uses in read.values() for n in uses}
    found = []
    for e in equations:
        uses = read[e.place].get(e.name)
        others = any(e.name in read[o.place] for o in equations if o is not e)
        fresh = f"{e.name}prime"
        plain = uses and all(_PLAIN.fullmatch(i) for use in uses for i in use or ())
        apart = plain and not others and fresh not in names and e.indices[:1] != ("-1",)
        found.append(replace(e, name=fresh) if apart else e)
    return found


def note_of_updates(text: str, names: Iterable[str]) -> str:
    """What is said of the names that got a prime."""
    names = {*names}
    stems = [n.removesuffix("prime") for n in sorted(names) if n.endswith("prime")]
    own = [
        pretty(n) for n in stems if n in names and not re.search(rf"{pretty(n)}\w*\s*['′’]", text)
    ]
    return " ".join(f"{n}′ is what comes out, and {n} what is given." for n in own)
