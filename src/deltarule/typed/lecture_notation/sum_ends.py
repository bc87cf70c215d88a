"""The ends of sums as lectures write them, which count from 1: Σ_{i=1}^{N}, Σ_{s=1}^{t}.

Entries are counted from 0 here. What is summed over stays the same:

    Σ_{i=1}^{N}, Σ_{i=0}^{N−1}      Σ_i, over all entries; N is how many there are
    Σ_{i=2}^{N}                     Σ_{i≥1}, all but the first
    Σ_{i=1}^{N−1}                   Σ_{i≤N−2}, all but the last; Σ_{i≥1} where i − 1 is read
    Σ_{s=1}^{t}, Σ_{s=1}^{t−1}      Σ_{s≤t}, Σ_{s<t}
    Σ_{j=i+1}^{N}, Σ_{s=t}^{T}      Σ_{j>i}, Σ_{s≥t}
    Σ_{i,j=1}^{m}                   Σ_{i=1}^{m} Σ_{j=1}^{m}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sympy import Expr

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.networks.network import Network
from deltarule.networks.specialise import in_other_sizes
from deltarule.typed.lecture_notation.counted_from_one import (
    counted_as_numbers,
    from_zero,
    is_from_one,
    with_numbers_from_one,
)
from deltarule.typed.lecture_notation.ends_in_texts import ENDS, End, ends_of
from deltarule.typed.lecture_notation.ends_of_one_letter import (
    alone,
    counts,
    is_index,
    refuse_two_ends,
    stands,
    with_letters_apart,
)
from deltarule.typed.lecture_notation.entries_by_number import with_numbered_entries
from deltarule.typed.lecture_notation.grouping_brackets import with_parentheses
from deltarule.typed.lecture_notation.last_times import with_ends_below
from deltarule.typed.lecture_notation.signs_of_sums import SIGMA

#: A sum over several indices with the same ends.
_TOGETHER = re.compile(
    rf"({SIGMA})\s*_\s*\{{\s*([a-z](?:\s*,\s*[a-z])+)\s*"
    r"(=\s*[^{}^=<>≤≥,]+\}\s*\^\s*(?:\{[^{}]+\}|\w))"
)
_LESS, _UNEQUAL = r"\s*(?:(<|\\lt\b)|≤|\\leq?\b)\s*", r"\s*(?:≠|\\neq?\b)\s*"
_SIGN = rf"({SIGMA})\s*"
#: A sum over all pairs, Σ_{1≤i<j≤n}, and over all but one: Σ_{j=1, j≠i}^{n}, Σ_{i,j: i≠j}.
_PAIRS = re.compile(rf"{_SIGN}_\s*\{{\s*1{_LESS}([a-z])(?:{_LESS}([a-z]))?{_LESS}(\w+)\s*\}}")
_BUT_ONE = re.compile(
    rf"{_SIGN}_\s*\{{\s*(?:([a-z])\s*,\s*)?([a-z])\s*(?:=\s*1\s*,|:|\||\\colon|\\mid)\s*([a-z]){_UNEQUAL}([a-z])\s*\}}"
    r"(?:\s*\^\s*(?:\{\s*(\w+)\s*\}|(\w)))?"
)
#: A sum without an end, from the first entry on: over all there are.
_ENDLESS = re.compile(
    r"([Σ∑]|\\sum(?:\\limits)?)\s*_\s*(?:\{\s*([a-z])\s*=\s*0\s*\}|([a-z])=0)"
    r"\s*\^\s*(?:\{\s*(?:∞|\\infty)\s*\}|∞|\\infty(?![A-Za-z]))"
)


@dataclass(frozen=True)
class Counted:
    """How a text counts: the names of its sizes, and those of last indices."""

    called: dict[str, str]
    longer: list[str]
    text: str


def without_ends(text: str) -> tuple[str, dict[str, str]]:
    """The text with comparisons for the ends of its sums; how many entries there are is the size of
    the index, by which name the text calls it: {"I": "N"}."""
    text = _with_ends_apart(text)
    refuse_two_ends(text)
    text = with_numbers_from_one(with_numbered_entries(with_letters_apart(text)))
    longer = _longer(text)
    called: dict[str, str] = {}
    counted, done = Counted(called, longer, text), 0
    parts: list[tuple[str, bool]] = []
    for found, index, low, high in ends_of(text, numbers=True):
        said = _compared(text[found.end() :], index, low, high, counted)
        if said is not None and not (found["word"] and ".." in said):
            parts += [(text[done : found.start()], False), (_written(found, said), True)]
            done = found.end()
    parts.append((text[done:], False))
    text = "".join(_in_sizes(part, called, () if end else longer) for part, end in parts)
    for size, name in called.items():
        text = with_ends_below(text, size.lower(), name)
    return text, {size: name for size, name in called.items() if size != name}


def _in_sizes(text: str, called: Mapping[str, str], longer: Collection[str]) -> str:
    """The text with sizes for what it calls them; a letter that is the last index is one less."""
    sizes = {
        name: f"({size}-1)" if name in longer else size
        for size, name in reversed([*called.items()])
    }
    if not sizes:
        return text
    return re.sub("|".join(map(alone, sizes)), lambda m: sizes[m[0]], text)


def note_of_counting(text: str) -> str:
    """What is said of a text whose indices are more than places, and count from 1, and of letters
    that are the last index and say how many there are here."""
    text = _with_ends_apart(text)
    letters, longer = counted_as_numbers(text), _longer(text)
    longer = [n for n in longer if stands(n, ENDS.sub(" ", text))]
    notes = []
    if letters:
        number = "Entries are counted from 0 here: where {} is a number, it is one more."
        notes.append(number.format(" and ".join(letters)))
    if longer:
        notes.append(f"{' and '.join(longer)} is how many there are here, one more than typed.")
    return " ".join(notes)


def _with_ends_apart(text: str) -> str:
    text = _ENDLESS.sub(lambda m: f"{m[1]}_{{{m[2] or m[3]}}}", with_parentheses(text))
    text = _BUT_ONE.sub(_but_one, _PAIRS.sub(_of_pairs, text))
    return _TOGETHER.sub(_one_by_one, text)


def _of_pairs(match: re.Match[str]) -> str:
    """Σ_{i=1}^{n} Σ_{j=i+1}^{n} for Σ_{1≤i<j≤n}."""
    sign, first, i, below, j, last, n = match.groups()
    if first or last:
        return match[0]
    inner = f" {sign}_{{j={i}{'+1' * bool(below)}}}^{{{n}}}".replace("{j=", f"{{{j}=") if j else ""
    return f"{sign}_{{{i}=1}}^{{{n}}}{inner} "


def _but_one(match: re.Match[str]) -> str:
    """Σ_{j≠i} for Σ_{j=1, j≠i}^{n} and Σ_{i,j: i≠j}; what it runs to is said by a sum before."""
    sign, i, j, one, other, *ends = match.groups()
    n = next((e for e in ends if e), "")
    if {one, other} != {i or (other if one == j else one), j} or (i and n and sign in "Π∏\\prod"):
        return match[0]
    if i and n:
        return f"{sign}_{{{i}=1}}^{{{n}}} {sign}_{{{j}=1}}^{{{n}}} [{one} ≠ {other}] "
    return f"{sign}_{{{one}≠{other}}} " if i else f"{sign}_{{{j}≠{other if one == j else one}}} "


def _longer(text: str) -> list[str]:
    """The letters of which there is one more entry: K of Σ_{k=0}^{K}, where all sums to K are over
    what is counted from 0."""
    zero, last = from_zero(text), {}
    for match, index, _, high in ends_of(text):
        from_0 = bool(match["sign"]) and index in zero and counts(high.name, text)
        last[high.name] = last.get(high.name, []) + [high.number if from_0 else None]
    return sorted(name for name, ends in last.items() if 0 in ends and None not in ends)


def _written(found: re.Match[str], said: str) -> str:
    """A sum's sign with what stands below it; `k=0..2` is an end above it, too."""
    if found["word"]:
        return f"{found['word']}[{said}]"
    low, _, high = said.partition("..")
    return f"{found['sign']}_{{{low}}}{f'^{{{high}}}' if high else ''} "


def _one_by_one(match: re.Match[str]) -> str:
    sign, indices, ends = match.groups()
    return " ".join(f"{sign}_{{{index.strip()}{ends}" for index in indices.split(",")) + " "


def _compared(behind: str, index: str, low: End, high: End, counted: Counted) -> str | None:
    """What stands below the sum: `i`, `i≥1`, `s≤t`. None where the ends stay as they are."""
    called, text = counted.called, counted.text
    if high.name.islower() and is_index(high.name, text):
        if low.name or low.number > 1:
            return None
        if low.number == 1:
            _refuse_as_number(high.name, text)
        return f"{index}<{high.name}" if high.number == -1 else f"{index}≤{_said(high)}"
    from_one = is_from_one(index, low, high, behind, text)
    if not high.name:  # Σ_{k=1}^{3}: 0 to 2
        return f"{index}={low.number - 1}..{high.number - 1}" if from_one else None
    loss = _is_result(high.name, text)
    if not loss and not (counts(high.name, text) and _called(index, high.name, called, text)):
        return None
    if low.name:  # an index and a number: from i + 1, from t
        low_end = f"{index}>{low.name}" if low.number == 1 else f"{index}≥{_said(low)}"
        return low_end if (low.name.islower() and high.number == 0) else None
    first = low.number - 1 if from_one else low.number
    left = -high.number - (not from_one and high.name not in counted.longer)  # behind the last one
    if first < 0 or left < 0:
        return None
    if first and left:
        return f"{index}={first}..{high.name}-{left + 1}"
    if first:
        return f"{index}≥{first}"
    return f"{index}≤{high.name}-{left + 1}" if left else index


def _said(end: End) -> str:
    return f"{end.name}{end.number:+d}" if end.number else end.name


def _refuse_as_number(letter: str, text: str) -> None:
    """Raises DeltaruleError where an index counted from 1 is a number, too: Σ_{j=1}^{i} x_j/i.

    The difference of two indices is the same however they are counted.
    """
    rest = re.sub(r"_\{[^{}]*\}|_\w|\[[^\[\]]*\]", " ", ENDS.sub(" ", text))
    rest = re.sub(rf"[({{]{letter} \+ 1[)}}]", " ", rest)  # of a sum from 1, and counted from 0
    rest = re.sub(r"(?<!\w)[a-z]\s*[-−]\s*[a-z](?!\w)", " ", rest)
    if re.search(rf"(?<![\w\\]){letter}(?!\w)(?!\s*=)", rest):
        raise DeltaruleError(
            f"{letter} is counted from 1 in a sum and is a number, too; entries are counted from 0",
            f"the formula {shortened(text)}",
            f"write Σ_{{j≤{letter}}} and ({letter} + 1), as in y[{letter}] = Σ_{{j≤{letter}}} "
            f"x[j] / ({letter} + 1)",
        )


def _is_result(name: str, text: str) -> bool:
    """Whether a capital at the ends of sums is what comes out, too, and stands nowhere else: L of
    ℒ = Σ_{j=1}^{L} …, which says how many there are."""
    rest, lines = re.subn(rf"(?:^|[;\n])\s*{name}\s*=(?!=)", " ", ENDS.sub(" ", text))
    return lines == 1 and not stands(name, rest)


def _called(index: str, name: str, called: dict[str, str], text: str) -> bool:
    """Note that the size of an index is called so; False where either means something else."""
    size, rest = index.upper(), ENDS.sub(" ", text)
    if size != name and stands(size, rest):  # L of l is a loss, say
        size = f"{size}_{size}"
        if stands(name, rest):
            return False
    return called.setdefault(size, name) == name


def with_sizes_called(network: Network, called: Mapping[str, str]) -> Network:
    """The network with the names that a text gives to its sizes."""
    taken = {*network.tensors, *(s.name for s in network.scalars)}
    table: dict[Size, Expr] = {
        Size(size): Size(name.upper())
        for size, name in called.items()
        if not {name, name.upper()} & taken
    }
    return in_other_sizes(network, table) if table else network
