"""Slips about indices: on the left, in subscripts, and in sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.quantities.usual_letters import usual_rank
from deltarule.typed.slips.slip_parts import KNOWN, NAME, REDUCTION, Slip, argument

#: Words of which the index is none of what they give.
_BINDING = r"\b(?:Sum|Mean|Max|Min|Prod|Product|LogSumExp|Norm)"


def refuse_left_sides(left: str, place: str) -> None:
    """Raises DeltaruleError for what stands left of = and is no name with plain indices."""
    fact, remedy = f"left of = stands {shortened(left)}", ""
    below = re.fullmatch(rf"({NAME})\s*(?:[({{]|_\{{)([\w\s,]*)[)}}]", left)
    if not left:
        fact, remedy = "nothing stands left of =", "write a name there: y[n] = …, or E = …"
    elif below:
        letters = below[2] if "," in below[2] else ", ".join(below[2].replace(" ", ""))
        name = below[1].rstrip("_")
        remedy = f"write {name}[{letters}], or {name} alone where {letters} is no index"
    elif last := re.fullmatch(rf"({NAME})\[\s*[A-Z]\s*-\s*\d+\s*(?:,[^\]]*)?\]", left):
        fact = f"left of = stands the last time of {last[1]}"
        remedy = (
            f"leave it out: what a {last[1]} that reads the time after is behind its last one is "
            f"given, as {last[1]}_end"
        )
    elif re.search(r"\][\s]*,|^[^\[]*,", left):
        remedy = "write an equation for each, parted by semicolons: y[n] = …; z[n] = …"
    elif re.fullmatch(rf"{NAME}\[\s*0\s*(?:,[^\]]*)?\]", left):
        name = left.partition("[")[0]
        remedy = (
            f"write plain indices, as {name}[n]; what stands before the first time of a state is "
            f"{name}[-1]"
        )
    elif large := re.search(r"[\[,]\s*([A-Z])\s*(?=[,\]])", left):
        fact = f"{large[1]} left of = is how far an index runs, and none"
        remedy = f"write {left.replace(large[1], large[1].lower())}"
    elif re.search(r"(?:^[^DΛ].*|[,\[]\s*)[,\[]\s*([A-Za-z]\w*)\s*,(?:.*,)?\s*\1\s*[,\]]", left):
        fact, remedy = f"an index stands twice in {left}", "give each axis an index of its own"
    if remedy:
        raise DeltaruleError(fact, place, remedy)


def in_subscripts(part: str) -> Iterator[Slip]:
    for match in re.finditer(rf"({NAME})\[([^\[\]]*)\]", part):
        name, inside = match[1], match[2]
        if re.fullmatch(REDUCTION, name):
            continue
        if re.search(r"\d\.\d", inside):
            yield Slip(
                f"{match[0]} is between two entries",
                *match.span(),
                "positions are integers: x[n], x[2·n + 1]",
            )
        if re.search(r":|\.\.\.|…|\bfor\b", inside) and re.search(r"[a-z]\s*\[", part):
            named = re.search(r"(?<![\w.])[a-z](?![\w.])", inside)
            if named is not None and re.search(r":|…|\.\.\.", inside):
                yield Slip(
                    f"{match[0]} has an axis without an index",
                    *match.span(),
                    f"name an index for each axis, as in {name}[n, d]",
                )
        behind = re.match(r"\s*\[([^\[\]=≠<>≤≥!|]*)\]", part[match.end() :])
        if behind:
            yield Slip(
                f"{match[0]}{behind[0]} has two pairs of brackets",
                match.start(),
                match.end() + behind.end(),
                f"write all indices in one: {name}[{inside}, {behind[1].strip()}]",
            )
    for match in re.finditer(rf"({NAME})\.T\s*\[([^\[\]]*)\]", part):
        turned = ", ".join(reversed([i.strip() for i in match[2].split(",")]))
        yield Slip(
            f"{match[0]} is turned and has indices",
            *match.span(),
            f"write the indices the other way round: {match[1]}[{turned}]",
        )


def in_reductions(part: str) -> Iterator[Slip]:
    for match in re.finditer(REDUCTION + r"\[([^\[\]]*)\]", part):
        word, names = match[1], [i.strip() for i in match[2].split(",")]
        names = [re.split(r"<=?|>=?|!=|[≤≥≠]", name)[0].strip() for name in names]
        if not all(re.fullmatch(r"[^\W\d]\w*(?:\s*=\s*[^.:]*…[^.:]*)?", i) for i in names):
            letter = next(iter(re.findall(r"(?<!\w)[a-z](?!\w)", match[2])), "d")
            yield Slip(
                f"{word}[…] names indices alone, and {match[2].strip() or 'nothing'} is none",
                *match.span(),
                f"write {word}[{letter}](…): {letter} runs over the axis on which it stands",
            )
        for name in names:
            if match[2].split(",").count(name) > 1 or _bound_in(name, argument(part, match.end())):
                yield Slip(
                    f"index {name} is summed over twice",
                    *match.span(),
                    f"name it once, or take another letter for one of the two: {word}[k](…)",
                )
        if not re.match(r"\s*\(", part[match.end() :]):
            yield Slip(f"{match[0]} has nothing to go over", *match.span(), f"write {match[0]}(…)")


def _bound_in(name: str, body: str) -> bool:
    """Whether a sum of the body is over an index; Sum[j != i] with i around is over j alone."""
    inside = (binding[1] for binding in re.finditer(rf"{_BINDING}\[([^\[\]]*)\]", body))
    over = rf"\s*{re.escape(name)}\s*(?:=(?!=).*)?"
    return any(re.fullmatch(over, one) for names in inside for one in names.split(","))


def entries_in_parentheses(part: str) -> Iterator[Slip]:
    """x(n) and x{n}, where n is an index: a product of both, if it is taken by its word."""
    letters = set()
    for match in re.finditer(rf"{NAME}\[([^\[\]]*)\]", part):
        letters |= set(re.findall(r"(?<!\w)[a-z](?!\w)", match[1]))
    shape = r"([(\{])\s*([a-z](?:\s*,\s*[a-z])*)\s*[)\}]"
    for match in re.finditer(rf"({NAME})\s?{shape}", part):
        word, names = match[1], [n.strip() for n in match[3].split(",")]
        if (
            word[-1:] != "_"
            and word not in KNOWN
            and set(names) <= letters
            and not re.match(REDUCTION, word)
        ):
            yield Slip(
                f"{match[0]} has its indices in the wrong brackets",
                *match.span(),
                f"write {word}[{', '.join(names)}]",
            )


def alone_left(
    index: str, uses: Mapping[str, Sequence], left: str, place: str, indices: Sequence[str] = ()
) -> DeltaruleError:
    """What is said of an index left of = that nothing on the right is read at.

    `uses` are the subscripts of each tensor on the right, None where it stands without any, and
    `indices` those of the left side.
    """
    bare = [name for name, found in uses.items() if None in found and usual_rank(name)]
    large = next(
        (n for n, found in uses.items() for use in found if use and index.upper() in use), None
    )
    others = sorted({i for found in uses.values() for use in found if use for i in use})
    if large is not None:
        remedy = f"did you mean {large}[{index}]? {index.upper()} is how far {index} runs"
    elif bare:
        remedy = f"write {bare[0]}[{index}], with an index for each axis"
    elif others and len(others) == 1 and others[0].isalpha():
        remedy = f"read some tensor at {index}, or did you mean {left}[{others[0]}]?"
    else:
        rest = ", ".join(i for i in indices if i != index)
        shorter = f"{left}[{rest}]" if rest else left
        remedy = f"read some tensor at it, as x[{index}], or leave it out: {shorter} = …"
    return DeltaruleError(f"{index} stands left of = alone", place, remedy)
