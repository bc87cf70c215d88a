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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.marking.printed import shortened
from deltarule.marking.typed.grouping_brackets import with_parentheses
from deltarule.marking.typed.last_times import with_ends_below
from deltarule.networks.network import Network
from deltarule.networks.specialise import in_other_sizes

_ENDS = re.compile(
    r"(?P<sign>[Σ∑Π∏]|\\(?:sum|prod)(?:\\limits)?)\s*"
    r"_\s*(?:\{\s*(?P<index>[a-z])\s*=\s*(?P<low>[^{}^=<>≤≥,]+?)\s*\}|(?P<index1>[a-z])=(?P<low1>\w))"
    r"\s*\^\s*(?:\{\s*(?P<high>[^{}]+?)\s*\}|(?P<high1>\w(?:_\w(?!\w))?))"
    r"|(?P<word>\b(?:Sum|Mean|Prod|Max|Min))\[\s*(?P<index2>[a-z])\s*=\s*(?P<low2>[^\[\],=<>]+?)"
    r"\s*(?:\.\.\.?|…)\s*(?P<high2>[^\[\],=<>]+?)\s*\]"
)
#: A sum over several indices with the same ends.
_TOGETHER = re.compile(
    r"([Σ∑Π∏]|\\(?:sum|prod)(?:\\limits)?)\s*_\s*\{\s*([a-z](?:\s*,\s*[a-z])+)\s*"
    r"(=\s*[^{}^=<>≤≥,]+\}\s*\^\s*(?:\{[^{}]+\}|\w))"
)
#: A sum without an end, from the first entry on: over all there are.
_ENDLESS = re.compile(
    r"([Σ∑]|\\sum(?:\\limits)?)\s*_\s*(?:\{\s*([a-z])\s*=\s*0\s*\}|([a-z])=0)"
    r"\s*\^\s*(?:\{\s*(?:∞|\\infty)\s*\}|∞|\\infty(?![A-Za-z]))"
)
_BELOW = re.compile(r"_\{[^{}]*\}|_[a-z]|\[[^\[\]]*\]")
_PARTS = ("index", "low", "high")
_SUM_OF = re.compile(r"(?P<name>[A-Za-z](?:_\w)?)\s*(?:(?P<sign>[-−+])\s*(?P<number>\d+))?")


@dataclass(frozen=True)
class _End:
    """One end: a letter and a number, or a number alone."""

    name: str
    number: int

    @staticmethod
    def read(text: str) -> _End | None:
        if text.isdigit():
            return _End("", int(text))
        found = _SUM_OF.fullmatch(text)
        if found is None:
            return None
        number = int(found["number"] or 0)
        return _End(found["name"], number if found["sign"] == "+" else -number)


def without_ends(text: str) -> tuple[str, dict[str, str]]:
    """The text with comparisons for the ends of its sums; how many entries there are is the size of
    the index, by which name the text calls it: {"I": "N"}."""
    text = _ENDLESS.sub(lambda m: f"{m[1]}_{{{m[2] or m[3]}}}", with_parentheses(text))
    text = _with_free_letters(_TOGETHER.sub(_one_by_one, text))
    called: dict[str, str] = {}
    parts, done = [], 0
    for found, index, low, high in _ends(text):
        said = _compared(text[found.end() :], index, low, high, called, text)
        if said is not None:
            written = (
                f"{found['word']}[{said}]" if found["word"] else f"{found['sign']}_{{{said}}} "
            )
            parts += [text[done : found.start()], written]
            done = found.end()
    text = "".join(parts) + text[done:]
    for size, name in called.items():
        text = with_ends_below(re.sub(_alone(name), size, text), size.lower(), name)
    return text, {size: name for size, name in called.items() if size != name}


def _one_by_one(match: re.Match[str]) -> str:
    sign, indices, ends = match.groups()
    return " ".join(f"{sign}_{{{index.strip()}{ends}" for index in indices.split(",")) + " "


def _with_free_letters(text: str) -> str:
    """Other letters for indices whose capital is something else: of L = … + 1/M Σ_{l=1}^{M} log p_l
    it is m, along M, as L is the loss."""
    for found in _ENDS.finditer(text):
        index, high = (found[n] or found[f"{n}1"] or found[f"{n}2"] for n in ("index", "high"))
        rest = _ENDS.sub(" ", text)
        if not re.fullmatch("[A-Z]", high) or index.upper() == high or not _stands(high, rest):
            continue
        if _counts(high, text) and _stands(index.upper(), rest):
            used = set(re.findall(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", text)) - {high}
            letters = (high.lower(), *"kjimnrpq")
            fresh = next((c for c in letters if not {c, c.upper()} & used), None)
            if fresh:
                alone = re.compile(rf"(?<![A-Za-z\\]){index}(?![A-Za-z])")
                text = _BELOW.sub(lambda m, f=fresh, a=alone: a.sub(f, m[0]), text)
    return text


def _ends(text: str) -> Iterator[tuple[re.Match[str], str, _End, _End]]:
    for found in _ENDS.finditer(text):
        index, low, high = (found[n] or found[f"{n}1"] or found[f"{n}2"] for n in _PARTS)
        ends = _End.read(low), _End.read(high)
        if ends[0] is not None and ends[1] is not None and ends[1].name:
            yield found, index, ends[0], ends[1]


def _compared(
    behind: str, index: str, low: _End, high: _End, called: dict[str, str], text: str
) -> str | None:
    """What stands below the sum: `i`, `i≥1`, `s≤t`. None where the ends stay as they are."""
    if high.name.islower() and _is_index(high.name, text):
        if low.name or low.number > 1:
            return None
        if low.number == 1:
            _refuse_as_number(high.name, text)
        return f"{index}<{high.name}" if high.number == -1 else f"{index}≤{_said(high)}"
    loss = _is_result(high.name, text)
    if not loss and not (_counts(high.name, text) and _called(index, high.name, called, text)):
        return None
    if low.name:  # an index and a number: from i + 1, from t
        low_end = f"{index}>{low.name}" if low.number == 1 else f"{index}≥{_said(low)}"
        return low_end if (low.name.islower() and high.number == 0) else None
    scope = re.split(r"[;\n]", behind, maxsplit=1)[0]
    before = bool(re.search(rf"(?<!\w){index}\s*[-−]\s*1", scope))
    from_one = low.number >= 1 and (high.number >= 0 or not before)
    first = low.number - 1 if from_one else low.number
    left = -high.number if from_one else -high.number - 1  # entries behind the last one
    if first < 0 or left < 0 or (first and left):
        return None
    if first:
        return f"{index}≥{first}"
    return f"{index}≤{index.upper()}-{left + 1}" if left else index


def _said(end: _End) -> str:
    return f"{end.name}{end.number:+d}" if end.number else end.name


def _is_index(letter: str, text: str) -> bool:
    """Whether a small letter stands below a name: t of y_t, x[t], x_{s,t}."""
    inside = r"_\{[^{}]*\b%s\b[^{}]*\}|_%s(?!\w)|\[[^\[\]]*\b%s\b[^\[\]]*\]"
    return bool(re.search(inside % ((letter,) * 3), _ENDS.sub(" ", text)))


def _refuse_as_number(letter: str, text: str) -> None:
    """Raises DeltaruleError where an index counted from 1 is a number, too: Σ_{j=1}^{i} x_j/i.

    The difference of two indices is the same however they are counted.
    """
    rest = re.sub(r"_\{[^{}]*\}|_\w|\[[^\[\]]*\]", " ", _ENDS.sub(" ", text))
    rest = re.sub(r"(?<!\w)[a-z]\s*[-−]\s*[a-z](?!\w)", " ", rest)
    if re.search(rf"(?<![\w\\]){letter}(?!\w)(?!\s*=)", rest):
        raise DeltaruleError(
            f"{letter} is counted from 1 in a sum and is a number, too; entries are counted from 0",
            f"the formula {shortened(text)}",
            f"write Σ_{{j≤{letter}}} and ({letter} + 1), as in y[{letter}] = Σ_{{j≤{letter}}} "
            f"x[j] / ({letter} + 1)",
        )


def _counts(name: str, text: str) -> bool:
    """Whether a letter is no tensor: it has no subscripts, and no line gives it."""
    rest = _ENDS.sub(" ", text)
    return not re.search(rf"(?<![\w\\]){name}\s*(?:[\[_(ᵀ⊤']|=(?!=)|\^\{{?[T⊤])", rest)


def _is_result(name: str, text: str) -> bool:
    """Whether a capital at the ends of sums is what comes out, too, and stands nowhere else: L of
    ℒ = Σ_{j=1}^{L} …, which says how many there are."""
    rest, lines = re.subn(rf"(?:^|[;\n])\s*{name}\s*=(?!=)", " ", _ENDS.sub(" ", text))
    return lines == 1 and not _stands(name, rest)


def _called(index: str, name: str, called: dict[str, str], text: str) -> bool:
    """Note that the size of an index is called so; False where either means something else."""
    size, rest = index.upper(), _ENDS.sub(" ", text)
    if size != name and _stands(size, rest):  # L of l is a loss, say
        size = f"{size}_{size}"
        if _stands(name, rest):
            return False
    return called.setdefault(size, name) == name


def _stands(name: str, text: str) -> bool:
    return bool(re.search(_alone(name), text))


def _alone(name: str) -> str:
    """A pattern of the name by itself, behind a number, too: m of 2m."""
    return rf"(?<![^\W\d])(?<!\\){name}(?!\w)"


def with_sizes_called(network: Network, called: Mapping[str, str]) -> Network:
    """The network with the names that a text gives to its sizes."""
    taken = {*network.tensors, *(s.name for s in network.scalars)}
    table: dict[Size, Expr] = {
        Size(size): Size(name.upper())
        for size, name in called.items()
        if not {name, name.upper()} & taken
    }
    return in_other_sizes(network, table) if table else network
