"""Times: a state taken at the wrong step, a path through time cut."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr

from deltarule.marking.mistakes.scene import Scene, Wrong
from deltarule.marking.mistakes.sites import sites
from deltarule.notation.names import pretty
from deltarule.notation.nodes import Read, reads, tensor_name
from deltarule.notation.substitution import replace_reads
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


def shifted(access: Read) -> list[tuple[int, Index, int]]:
    """The axes at which a read is shifted in time: position, index, and by how much."""
    found = []
    for position, subscript in enumerate(access.indices):
        if isinstance(subscript, Add):
            shift, index = subscript.as_coeff_Add()
            if isinstance(index, Index) and shift.is_Integer:
                found.append((position, index, int(shift)))
    return found


def wrong_time(scene: Scene) -> Iterator[Wrong]:
    """h at time t where h at t − 1 belongs, and the like."""
    rhs = scene.equation.rhs
    for access in reads(rhs):
        for position, index, _ in shifted(access):
            subscripts = list(access.indices)
            subscripts[position] = index
            now = access.func(access.base, *subscripts)
            formula = replace_reads(rhs, lambda a, old=access, new=now: new if a == old else a)
            yield Wrong(
                "wrong time", 4.0, formula,
                f"{text(now)} stands where {text(access)} belongs: the value of the wrong time",
            )


def cut(scene: Scene) -> Iterator[Wrong]:
    """The path through the next (or previous) time left out."""
    for site in sites(scene.equation.rhs):
        if not isinstance(site.node, Add):
            continue
        for term in site.node.args:
            through = _gradients_elsewhere(term)
            if through:
                rest = Add(*(t for t in site.node.args if t is not term))
                yield Wrong(
                    "recurrence cut", 3.8, site.replaced(rest),
                    f"the path through the next time is lost: the term with {through} is missing",
                )


def _gradients_elsewhere(term: Expr) -> str:
    """The gradients that a term takes from another time."""
    found = [r for r in reads(term) if "/d" in tensor_name(r) and shifted(r)]
    return " and ".join(dict.fromkeys(pretty(tensor_name(r)) for r in found))
