"""Where tensors are read with indices, and which of them are states: read an entry away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deltarule.errors import DeltaruleError
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.lecture_notation.shifted_times import shifted

#: What stands behind the name of a state for its value after its last time.
AFTER = "_end"


class Use(NamedTuple):
    """A read of a tensor: its subscripts as typed, and the line where it stands."""

    name: str
    at: tuple[str, ...]
    equation: TypedEquation


def uses_of(typed: Sequence[TypedEquation], starts: Mapping[str, TypedEquation]) -> Iterator[Use]:
    """All reads of tensors. Raises DeltaruleError where h[−1] is given and no h is."""
    written = {e.name for e in typed}
    for e in (*typed, *starts.values()):
        for name, found in e.reads().items():
            yield from (Use(name, at or (), e) for at in found)
    for e in starts.values():
        if e.name not in written:
            raise DeltaruleError(
                f"{e.name}[-1] is given, but no {e.name}", e.place, f"write {e.name}[t] = …"
            )


def states_before(
    uses: Sequence[Use], written: Mapping[str, TypedEquation], starts: Mapping[str, TypedEquation]
) -> dict[str, str]:
    """What reads itself an entry away, and what it is before its first one: h by h0; where all of
    it is read an entry ahead, what it is after its last one: G by G_end."""
    found = {}
    for use in uses:
        own = written.get(use.name)
        if own and any(shifted(i) for i in use.at):
            start = starts.get(use.name)
            ahead = all("+" in i for u in uses if u.name == use.name for i in u.at if shifted(i))
            read = [u for u in uses if start is not None and u.equation is start]
            found[use.name] = "" if start else f"{use.name}{AFTER if ahead else '0'}"
            if start is not None and (read or start.formula.strip() != "0"):
                if len(read) != 1 or start.formula.partition("[")[0].strip() != read[0].name:
                    raise DeltaruleError(
                        f"{use.name}[-1] is no tensor alone",
                        start.place,
                        f"write {use.name}[-1] = 0, or a tensor such as {use.name}0",
                    )
                found[use.name] = read[0].name
    for use in uses:
        first = use.at[:1] == ("-1",) and use.equation not in starts.values()
        if use.name in found and first and use.equation.name != use.name:
            raise _before_the_first(use, written[use.name], found[use.name])
    return found


def _before_the_first(use: Use, own: TypedEquation, start: str) -> DeltaruleError:
    """What is said of h[−1] in another line than that of h, which is no last time here."""
    rest = "".join(f",{i}" for i in use.at[1:])
    before = f"{start}[{rest[1:]}]" if rest else start
    return DeltaruleError(
        f"{use.name}[-1{rest}] is what {use.name} is before its first time",
        use.equation.place,
        f"write {use.name}[{own.indices[0].upper()}-1{rest}] for its last one"
        + (f", {before} for what is before the first" if start else ""),
    )


def lag_of(state: str, uses: Sequence[Use]) -> int:
    """How many times away a state is read: 2 of h[t − 2]."""
    first = [i for u in uses if u.name == state for i in u.at[:1]]
    shifts = [i.replace("-", "+").partition("+")[2] for i in first if shifted(i)]
    return max((int(n) for n in shifts if n.isdigit()), default=1)


def is_plain(index: str) -> bool:
    return index.isidentifier() and not index.isdigit()


def compound(use: Use) -> list[tuple[int, str]]:
    """The subscripts that are neither an index nor a number, with their axes."""
    return [(k, at) for k, at in enumerate(use.at) if not is_plain(at) and not at.isdigit()]
