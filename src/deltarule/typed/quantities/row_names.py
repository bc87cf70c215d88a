"""What stands at one index of a name: a number, a vector or a matrix, by its letter.

    h[t], x[n]       vectors        a[i,j], α[i]     numbers
    S[t], E[k]       matrices       W[i,j]           numbers

Where nothing fits so, others are tried: d[i] of √(d[i]·d[j]) is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations

from deltarule.errors import DeltaruleError
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import Token
from deltarule.spelling.names import canonical
from deltarule.typed.equation_texts import TypedEquation, counts_in
from deltarule.typed.grammars.shape_parser import SIMILARITIES
from deltarule.typed.lecture_notation.norm_orders import CALLS
from deltarule.typed.quantities.text_names import TextNames
from deltarule.typed.quantities.typed_names import LABELS
from deltarule.typed.quantities.usual_letters import usual_rank
from deltarule.typed.sizes.index_uses import Use, states_before

#: So many ways of reading are tried.
_WAYS = 40
#: First letters of what an example is, rather than a number of it.
_DATA = ("x", "h", "z")
_VECTORS = ("theta", "mu", "phi")
#: Capitals that are numbers where no matrix fits: J s_ij s_kl, C Σ_n ξ_n, T² Σ_k p_k.
_COUPLINGS = ("J", "C", "T", "R")
#: Rows of matrices, where queries meet keys of other places: φ(Q_i)ᵀ Σ_j φ(K_j) V_jᵀ.
_ATTENTION = ("Q", "K", "V")
#: Gains at an index, of DeltaNet's β_t, are numbers.
_GAINS = ("beta", "gamma")


def has_rows(equations: list[TypedEquation]) -> str:
    """ "matrix" where some equation has products of matrices with vectors that have indices;
    "perhaps" where vectors with indices are turned, or have a length; "number" where a coupling
    stands before a sum, J Σ_i s_i s_{i+1}; else ""."""
    counts = counts_in(equations)
    found = {_mixes(e, counts) for e in equations}
    return next((k for k in ("matrix", "perhaps", "number") if k in found), "")


def _mixes(e: TypedEquation, counts: set[str]) -> str:
    uses = e.reads()
    bare = {n for n, found in uses.items() if None in found and usual_rank(n) == 2} - counts
    if not any(use for found in uses.values() for use in found if use):
        return ""
    at_labels = {*sum((u for us in uses.values() for u in us if u), ())} <= {*LABELS}
    found, kind = parted_tokens(e.formula, e.place), ""
    for k, token in enumerate(found):
        before = found[k - 1] if k else None
        turned = token.kind == "transposed"
        if token.text == "‖" or turned or token.text == "⊗":
            kind = "perhaps"
        if before is not None and before.text == "^":
            continue
        if token.text == "]" and _matrix_at(found, k) and found[k + 1 : k + 2]:
            behind = found[k + 1]
            vector = behind.kind == "name" and behind.text in uses and None in uses[behind.text]
            kind = "perhaps" if vector and usual_rank(behind.text) else kind
        if token.kind == "name" and token.text in (*SIMILARITIES, *CALLS) and "[" in e.formula:
            kind = "perhaps"
        beside = found[_behind_powers(found, k + 1) :][:1]
        if token.kind == "name" and canonical(token.text) in bare and beside:
            names = beside[0].kind in ("name", "primed", "reduction")
            if at_labels and beside[0].text in ("log", "ln"):
                continue  # A log π[action, state], of a number
            ahead = _behind_powers(found, k + 1)
            if token.text in _COUPLINGS and (
                beside[0].kind == "reduction" or _subscripts(found, ahead + 1) > 1
            ):
                kind = kind or "number"  # J Σ_i s_i s_{i+1} and J s_ij
                continue
            if names or (beside[0].text == "(" and "[" in e.formula):
                return "matrix"
    return kind


def _behind_powers(found: list[Token], k: int) -> int:
    """The token behind the powers that begin at one: x of A² x."""
    while k < len(found) and (found[k].kind == "superscript" or found[k].text == "^"):
        k += 2 if found[k].text == "^" else 1
    return k


def _subscripts(found: list[Token], k: int) -> int:
    """How many subscripts stand in the brackets that open at a token; 0 where none do."""
    if [t.text for t in found[k : k + 1]] != ["["]:
        return 0
    end = next((j for j in range(k, len(found)) if found[j].text == "]"), k)
    return 1 + sum(t.text == "," for t in found[k:end])


def _ends_of_products(e: TypedEquation, turned: bool) -> set[str]:
    """What stands behind a transposed name, or (not `turned`) behind a matrix, with no factor
    behind itself: x of (wᵀ x[i]) a[i]."""
    found = parted_tokens(e.formula, e.place)
    names: set[str] = set()
    for k, token in enumerate(found):
        before = [t for t in found[max(k - 2, 0) : k] if t.text not in ("*", "@")][-1:]
        if token.kind != "name" or not before:
            continue
        matrix = before[0].kind == "name" and usual_rank(before[0].text) == 2
        if not (before[0].kind == "transposed" if turned else matrix):
            continue
        behind = k + 1
        if [t.text for t in found[behind : behind + 1]] == ["["]:
            while behind < len(found) and found[behind].text != "]":
                behind += 1
            behind += 1
        factor = found[behind : behind + 1]
        if not factor or (factor[0].kind == "sign" and factor[0].text not in ("(", "[", "*")):
            names.add(canonical(token.text))
    return names


def _matrix_at(found: list[Token], k: int) -> bool:
    """Whether brackets that end there hold one index of a capital: E[k]."""
    return [t.text for t in found[k - 2 : k - 1]] == ["["] and found[k - 3].text[:1].isupper()


class RowNames(TextNames):
    """The names in equations of vectors that have indices."""

    def __post_init__(self) -> None:
        starts = [e for e in self.equations if e.indices[:1] == ("-1",)]
        self.starts, self.typed = {e.name: e for e in starts}, self.equations
        self.equations = [e for e in self.equations if e not in starts]
        super().__post_init__()
        self.written = {e.name: e for e in self.equations}
        self.every: dict[str, list[tuple[str, ...] | None]] = {}
        for e in self.equations:
            for name, found in e.reads().items():
                self.every.setdefault(name, []).extend(found)
        self.reads_of = uses = [
            Use(n, at or (), e)
            for e in (*self.equations, *starts)
            for n, found in e.reads().items()
            for at in found
        ]
        self.states = states_before(uses, self.written, self.starts)
        #: What positions are: y of p[t, y[t]].
        self.positions = {i.partition("[")[0] for use in uses for i in use.at if "[" in i}
        #: How many subscripts each name has; of what lines write, those left of =.
        self.count = {n: len(us[0] or ()) for n, us in self.every.items()}
        self.count |= {n: 1 for n, us in self.every.items() if {len(u or ()) for u in us} == {0, 1}}
        self.count |= {e.name: len(e.indices) for e in self.equations}
        for use in uses:
            more = len(use.at) - self.count.get(use.name, 0)
            whole = more == -1 and not use.at and use.name not in self.states
            if more and not whole and (more < 0 or use.name not in self.written):
                raise DeltaruleError(
                    f"{use.name} has {self.count.get(use.name, 0)} and {len(use.at)} subscripts",
                    use.equation.place,
                    "write one index for each axis",
                )
        self.equations = self._in_order()

    def _in_order(self) -> list[TypedEquation]:
        """Each equation behind those whose names it reads at the same time."""
        rest, found = list(self.equations), []
        while rest:
            names = {e.name for e in rest} - set(self.states)
            free = next((e for e in rest if not names - {e.name} & set(e.reads())), rest[0])
            found.append(free)
            rest.remove(free)
        return found

    def usual(self, name: str) -> int:
        """How many axes what stands at one index of a name usually has."""
        count = self.count[name]
        if not count:
            below = self.rank(name) == 1 and name not in self.said and self._only_below(name)
            return 0 if below else self.rank(name)
        if name in self.said:
            return len(self.said[name]) - count
        if count > 1 or name in self.positions or name in self._numbers:
            return 0
        if name in _ATTENTION and self._attended:
            return 1
        return 1 if name in _VECTORS else 0 if name in _GAINS else usual_rank(name)

    @cached_property
    def _attended(self) -> bool:
        """Whether Q_i and K_j, at two indices, are rows of queries and keys; Q_h and K_h of one
        index are the matrices of a head."""
        queries, keys = (self.every.get(name, []) for name in "QK")
        return bool(queries and keys) and not {*queries} & {*keys}

    def _only_below(self, name: str) -> bool:
        """Whether a letter is nothing but divided by, s of exp(−‖x_n − c_k‖²/(2s²))."""
        below = rf"/\s*\(?\s*(?:\d+\s*[·*]?\s*)?{re.escape(name)}(?![A-Za-z0-9_\[])"
        used = rf"(?<![^\W\d]){re.escape(name)}(?![A-Za-z0-9_\[])"
        formulas = " ; ".join(e.formula for e in self.typed)
        return len(re.findall(used, formulas)) == len(re.findall(below, formulas)) > 0

    @cached_property
    def _numbers(self) -> set[str]:
        """What has an index and is a number by its use: mixing weights π_k, and p of log p_n."""
        formulas = " ".join(e.formula for e in self.typed)
        logs = re.findall(r"\b(?:log|ln)\s*\(?\s*([^\W\d]\w*)\[", formulas)
        return {"pi"} | {canonical(n) for n in logs}

    def _other(self, name: str, usual: int) -> int:
        """What else a name may be: a number, a vector; a state a matrix, where it adds products."""
        if name in self.states and usual == 1:
            outer = re.search(r"\]\s*(?:ᵀ|\^T|\^⊤|⊤)|⊗", self.written[name].formula)
            return 2 if outer else 0
        if not self.count[name]:
            if name in _COUPLINGS and name not in self.turned:
                return 0
            return 0 if usual == 1 and name not in self.turned else usual
        alone = self.count[name] > 1 and has_rows(self.typed) != "matrix"
        return 0 if usual == 1 or alone else 1

    def ways(self) -> Iterator[dict[str, int]]:
        """What each name that no line writes is at one index, and each state; the usual first."""
        names = [n for n in self.every if n not in self.written or n in self.states]
        usual = {n: self.usual(n) for n in names}
        others = {n: self._other(n, usual[n]) for n in names}
        vectors, ends = (
            {name for e in self.equations for name in _ends_of_products(e, turned)}
            for turned in (True, False)
        )
        fixed = {*self.said, *self.positions, *(n for n in vectors if usual.get(n) == 1)}
        open_names = [n for n in names if n not in fixed and others[n] != usual[n]]
        open_names.sort(
            key=lambda n: (
                n in self.states,
                not self.count[n],
                n in ends,
                n in _COUPLINGS,
                n[:1] in _DATA or n == "phi",
            )
        )
        tried = 0
        for several in range(min(len(open_names), 3) + 1):
            for some in combinations(open_names, several):
                tried += 1
                if tried > _WAYS:
                    return
                yield {**usual, **{n: others[n] for n in some}}
