"""Typed equations, one by one: the name and the indices left of =, and the formula right of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.index_calls import with_index_calls, with_letters_below
from deltarule.formulas.latex_typed import plain_formula
from deltarule.formulas.limits import check_length
from deltarule.formulas.tokens import deeper
from deltarule.spelling.names import canonical
from deltarule.typed.equal_lines import with_equal_lines_once
from deltarule.typed.lecture_notation.entries_behind import with_entries_behind
from deltarule.typed.lecture_notation.entries_of_given import with_entries_of_given
from deltarule.typed.lecture_notation.entries_of_values import entries_off
from deltarule.typed.lecture_notation.equations_at_commas import with_commas_parted
from deltarule.typed.lecture_notation.file_words import gives_delta, in_own_words
from deltarule.typed.lecture_notation.inner_products import with_inner_products
from deltarule.typed.lecture_notation.lecture_spelling import (
    is_index,
    is_index_elsewhere,
    respelled,
    with_whole_inverse,
)
from deltarule.typed.lecture_notation.log_determinants import log_dets, with_log_det
from deltarule.typed.lecture_notation.norm_orders import with_orders
from deltarule.typed.lecture_notation.own_spelling import in_own_spelling
from deltarule.typed.lecture_notation.parted_equations import parted_off
from deltarule.typed.lecture_notation.shifted_times import shifted
from deltarule.typed.lecture_notation.sum_ends import without_ends
from deltarule.typed.lecture_notation.sums_below import refuse_sums_below
from deltarule.typed.lecture_notation.sums_of_terms import with_whole_sums
from deltarule.typed.lecture_notation.whole_texts import einsum_in, in_one_notation
from deltarule.typed.quantities.loss_among_lines import with_loss_last
from deltarule.typed.quantities.name_uses import divisors
from deltarule.typed.quantities.typed_names import CALLED, WORDS, names_known
from deltarule.typed.slips.slips_of_indices import refuse_left_sides
from deltarule.typed.slips.slips_of_quotients import with_rows_below
from deltarule.typed.slips.slips_of_words import refuse_derivatives
from deltarule.typed.slips.two_readings import refuse_primes_of_given, refuse_two_readings
from deltarule.typed.slips.typed_slips import narrow, refuse_slips

#: Equations in one text.
MOST_EQUATIONS = 20
#: The place before the first one, of which a line such as h[−1, n] = h0[n] tells.
FIRST = ("-1",)
_FIRST_SPELLED = (FIRST, ("−1",), ("- 1",), ("− 1",))
_FUNCTIONS = frozenset({*CALLED, *WORDS, *FUNCTIONS, "where"})


@dataclass(frozen=True)
class TypedEquation:
    """One equation: the name on its left and the indices there, and the formula on its right."""

    name: str
    indices: tuple[str, ...]
    formula: str
    place: str
    #: The indices of all equations of the text: D is how far d runs, wherever it stands.
    letters: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()  # sizes at the ends of sums: M of Σ_{i=1}^{m}
    #: Whether no left side was written.
    bare: bool = False

    def reads(self) -> dict[str, list[tuple[str, ...] | None]]:
        """The tensors on the right, each with the subscripts that it has there."""
        found = names_known(self.formula, self.place, self.indices, self.letters)
        return {name: [*uses] for name, uses in found.items()}


def typed_equations(text: str, rows: bool = False) -> list[TypedEquation]:
    """The equations of a text, parted by semicolons, lines or commas; the left side of a last one
    may be missing. With `rows`, products of vectors that have indices, u[i]ᵀ v[j], stay so.

    Raises DeltaruleError for what is no equation.
    """
    check_length(text, "the formula")
    typed = _lines_of(with_commas_parted(text))
    text, called = without_ends(in_own_spelling(text))
    text, ends = in_one_notation(text), frozenset(n.upper() for n in called.values())
    parts = _lines_of(text)
    if not parts or len(parts) > MOST_EQUATIONS:
        raise DeltaruleError(
            f"{len(parts)} equations", "the formula", f"write 1 to {MOST_EQUATIONS}, as E = ½‖x‖²"
        )
    delta = not gives_delta(text)
    typed = typed if len(typed) == len(parts) else parts
    read = [
        _equation(part, said, part is parts[-1], delta, text, rows)
        for part, said in zip(parts, typed, strict=True)
    ]
    found = _all_parted(read, text, rows)
    made = {e.name for e in found} - {e.name for e in read}
    found = _with_entries(_with_inverses(with_equal_lines_once(found, made)))
    names = [e.name for e in found if e.indices[:1] != FIRST]
    for name in names:
        if names.count(name) > 1:
            again = [e.place for e in found if e.name == name and e.indices[:1] != FIRST][1]
            remedy = "give each equation a name of its own"
            raise DeltaruleError(f"{name} is written twice", again, remedy)
    refuse_primes_of_given(names, ((e.reads(), e.place) for e in found))
    letters = frozenset().union(*(e.indices for e in found), *map(summed_letters, found))
    return _in_order(with_loss_last([replace(e, letters=letters, ends=ends) for e in found]))


def _all_parted(read: list[TypedEquation], text: str, rows: bool) -> list[TypedEquation]:
    """The equations, each behind those of what it needs by a name of its own."""
    found: list[TypedEquation] = []
    for equation in read:
        parts = _parted(equation, text, rows)
        text += "".join(f" {e.name}" for e in parts[:-1] if not e.name.endswith("_inv"))
        found += parts
    return found


def _with_inverses(equations: list[TypedEquation]) -> list[TypedEquation]:
    """The equations, with log-determinants on lines of their own, and the inverses that their
    derivatives need."""
    known = {m[1] for e in equations if (m := re.match(r"\s*inv(?:erse)?\(\s*(\w+)", e.formula))}
    found: list[TypedEquation] = []
    for e in equations:
        for written, name, at in log_dets(e.formula):
            if name not in known:
                known.add(name)
                matrix = f"{name}[{','.join(at)}]" if at else name
                entry = f"[{','.join(at[-2:])}]" if at else ""
                inverse = f"inverse({matrix}){entry}"
                found.append(TypedEquation(canonical(f"{name}_inv"), at, inverse, e.place))
            if written.strip() != e.formula.strip():
                line = f"{name}_logdet"
                behind = f"[{','.join(at[:-2])}]" if at[:-2] else ""
                if canonical(line) not in {f.name for f in found}:
                    found.append(TypedEquation(canonical(line), at[:-2], written, e.place))
                e = replace(e, formula=e.formula.replace(written, f" {line}{behind} "))
        found.append(e)
    return found


def _with_entries(equations: list[TypedEquation]) -> list[TypedEquation]:
    """The equations with brackets for labels below names that other ones give."""
    given = {e.name: e.indices for e in equations if len(e.indices) < 2 and e.indices != FIRST}
    return [
        replace(e, formula=with_entries_of_given(e.formula, e.name, given, e.place))
        for e in equations
    ]


def _parted(equation: TypedEquation, text: str, rows: bool = False) -> list[TypedEquation]:
    """An equation behind those of what it needs by a name: p = softmax(z) for softmax(z)[k]."""
    product = einsum_in(equation.formula)
    if product is not None:
        written, result, whole = product
        if written.strip() == equation.formula.strip() and not equation.indices:
            return [replace(equation, indices=result, formula=whole)]
        name = f"{equation.name}_prod"
        first = TypedEquation(name, result, whole, equation.place)
        behind = f"[{','.join(result)}]" if equation.indices else ""
        formula = equation.formula.replace(written, f" {name}{behind} ")
        return [first, *_parted(replace(equation, formula=formula), f"{text} {name}", rows)]
    found = parted_off(equation.formula, text, equation.indices, rows)
    if found is None and not rows:
        found = entries_off(equation.formula, text, _FUNCTIONS, equation.place)
    if found is None:
        return [equation]
    formula, name, letters, whole = found
    first = TypedEquation(canonical(name), letters, whole, equation.place)
    return [first, *_parted(replace(equation, formula=formula), f"{text} {name}", rows)]


def _in_order(equations: list[TypedEquation]) -> list[TypedEquation]:
    """Each equation behind those whose names it reads; as they stand, where there is no order."""
    states = states_of(equations)
    starts = [e for e in equations if e.indices[:1] == FIRST]
    equations = [e for e in equations if e not in starts]
    reads = {e.name: set(e.reads()) - states for e in equations}  # times are put in order later
    numbers = [e for e in equations if not e.indices and not e.reads()]  # λ = 3 is no loss
    rest, found = [*numbers, *(e for e in equations if e not in numbers)], []
    while rest:
        open_names = {e.name for e in rest}
        free = next((e for e in rest if not reads[e.name] & open_names), None)
        if free is None:
            return [*starts, *equations]
        found.append(free)
        rest.remove(free)
    return [*starts, *found]


def _lines_of(text: str) -> list[str]:
    """The equations of a text; a line goes on with a sign or a bracket."""
    lines = re.sub(r"\n\s*(?=[+·*/)\]])", " ", text)
    return [p.strip() for p in re.split(r"[;\n]", lines) if p.strip()]


def _equation(
    part: str, said: str, last: bool, delta: bool, text: str, rows: bool
) -> TypedEquation:
    """The equation in a part of a text; `said` is how it was typed."""
    place = f"the formula {shortened(said)}"
    part = with_rows_below(narrow(part))
    part = part if "\\" in part else with_log_det(in_own_words(part, delta))
    refuse_slips(part, place, re.findall(r"(?:^|[;\n])\s*([^\W\d_]\w*)[^=;\n]*=(?!=)", text))
    formula = with_inner_products(plain_formula(part.replace("||", "‖").replace(":=", " ="), place))
    refuse_two_readings(formula, place)
    formula = with_orders(with_log_det(in_own_words(formula, delta)), place)
    formula = with_index_calls(with_letters_below(formula), place)
    depth = 0
    found = parted_tokens(formula, place)
    refuse_derivatives(found, place)
    for token in found:
        depth += deeper(token.text)
        if token.text == "=" and depth == 0:
            right = formula[token.start + 1 :].lstrip("= ")
            name, indices = _left(formula[: token.start], place, right)
            if not right:
                written = formula[: token.start].strip()
                raise DeltaruleError(
                    "nothing stands right of =",
                    place,
                    f"write what {written} is, as in y[n] = 2·x[n]"
                    if indices
                    else "write E = ½‖x‖²",
                )
            stem, _, below = name.rpartition("_")
            elsewhere = bool(stem) and is_index_elsewhere(stem, below, text)
            if stem and not indices and (elsewhere or is_index(below, right)):
                name, indices = stem, tuple(below)
            known = set(indices) if elsewhere else set()
            right = with_whole_inverse(respelled(right, indices, text, rows, known))
            right = with_whole_sums(with_entries_behind(right, place), indices, place)
            refuse_sums_below(right, place)
            return TypedEquation(name, indices, right, place)
    if last:
        return TypedEquation("E", (), respelled(formula, (), text, rows), place, bare=True)
    raise DeltaruleError("an equation without =", place, "write s = W x; E = ½‖y − s‖²")


def _left(text: str, place: str, right: str) -> tuple[str, tuple[str, ...]]:
    below = re.fullmatch(r"\s*([^\W_]\w*?[\u0300-\u036f]*)_\{([a-z](?:\s*,\s*[a-z])+)\}\s*", text)
    if below:  # y_{n, m}
        return canonical(below[1]), tuple(i.strip() for i in below[2].split(","))
    together = re.fullmatch(r"\s*([^\W_]\w*?[\u0300-\u036f]*)_\{([a-z]{2,4})\}\s*", text)
    if together and is_index(together[2], right):  # y_{nm} = Σ_d x_{nd} W_{dm}
        return canonical(together[1]), tuple(together[2])
    refuse_left_sides(text.strip(), place)
    name, bracket, inside = text.strip().partition("[")
    indices = tuple(i.strip() for i in inside.rstrip(" ]").split(",")) if bracket else ()
    before = indices[:1] in _FIRST_SPELLED
    indices = (*FIRST, *indices[1:]) if before else indices
    if not all(re.fullmatch(r"[^\W\d_]\w*", i) for i in indices[before:]):
        raise DeltaruleError(
            f"left of = stands {shortened(text.strip())}", place, "write plain indices, as y[n, m]"
        )
    try:
        return canonical(name.strip()), indices
    except DeltaruleError as error:
        raise error.at(place) from None


def states_of(equations: Iterable[TypedEquation]) -> set[str]:
    """The tensors that equations give and read an entry away: h[t] by h[t − 1]."""
    equations = list(equations)
    written = {e.name for e in equations}
    return {
        name
        for e in equations
        for name, uses in e.reads().items()
        if name in written and any(shifted(i) for use in uses for i in use or ())
    }


def summed_letters(equation: TypedEquation) -> set[str]:
    """The letters that sums of an equation are over."""
    found = parted_tokens(equation.formula, equation.place)
    names: set[str] = set()
    for k, token in enumerate(found):
        if token.kind != "reduction":
            continue
        braces = [t.text for t in found[k + 1 : k + 2]] in (["{"], ["["])
        for inner in found[k + 1 + braces :]:
            names |= {inner.text} if inner.kind == "name" else set()
            if not braces or inner.text in ("}", "]"):
                break
    return names


def counts_in(equations: list[TypedEquation]) -> set[str]:
    """The names that say how many wherever they stand: N in 1/N, D in √D."""
    found = {e: divisors(e.formula, e.place) for e in equations}
    every = set().union(*found.values())
    for equation, own in found.items():
        every -= set(equation.reads()) - own - {"T"}  # a temperature, wherever it stands
    return every
