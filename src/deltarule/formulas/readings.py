"""What a formula can mean: among indices or in matrices, and how its sums are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr

from deltarule.arithmetic.printed import shortened
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, Sum, free_indices, read, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas.masks_grammar import compares
from deltarule.formulas.matrix_words import matrix_readings, names_indices, written_as_program
from deltarule.formulas.parser import Parser
from deltarule.formulas.pieces_grammar import takes_parts
from deltarule.formulas.shapes_amiss import Unfitting, Unsummed
from deltarule.formulas.target import Target
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.networks.index_extents import extents
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

#: Vocabularies by the identity of their derivation, which is kept beside them.
_VOCABULARIES: dict[int, tuple[Derivation, Vocabulary, Vocabulary]] = {}
_MOST_KNOWN = 16

#: How a sum was read that can be read in two ways.
BOUND = "the power behind a sum belongs to what is summed: sum(a)^2 is the sum of squares"
NOT_BOUND = "what stands behind the parentheses of a sum does not belong to it, as in (Σ(a))^2"
#: How derivatives of entries were read where that is not plain.
DIRECT = "derivatives by entries are read as direct parts, all else held"
AT_OWN_TIME = "{} is read at its own time alone"
OVER = "the sum without a range is over {}"
#: Readings, with how they were read where that is not plain.
Found = dict[Expr, str]


def readings(formula: str, derivation: Derivation, quantity: str, target: Target) -> list[Expr]:
    """What the formula can mean, the likeliest first. Raises DeltaruleError for nothing."""
    return list(all_readings(formula, derivation, quantity, target))


def all_readings(
    formula: str,
    derivation: Derivation,
    quantity: str,
    target: Target,
    loose: bool = False,
    of: Sequence[Vocabulary] = (),
) -> Found:
    """What the formula can mean, the likeliest first, each with how its sums were read.

    In a program * is entry by entry, unless `loose`; `of` are other vocabularies than the
    derivation's. Raises DeltaruleError for nothing.
    """
    found: Found = {}
    refused: DeltaruleError | None = None
    program = bool(written_as_program(formula, quantity)) and not loose
    for vocabulary in of or vocabularies(derivation, formula):
        try:
            for parsed, said in _by_indices(formula, vocabulary, quantity, target).items():
                found.setdefault(_ours(parsed, derivation, target), said)
        except DeltaruleError as error:
            refused = refused or error
        if "[" not in formula or ".shape" in formula or of_whole_arrays(formula, quantity):
            try:
                whole = _in_matrices(formula, vocabulary, quantity, target, program)
                for w, said in whole.items():
                    found.setdefault(target.at_entry(renamed(w, derivation)), said)
            except DeltaruleError as error:
                if isinstance(error, Unfitting):
                    error.turned = tuple(renamed(w, derivation) for w in error.turned)
                    error.summed = tuple((renamed(w, derivation), o) for w, o in error.summed)
                whole = program or not names_indices(formula, quantity)
                refused = error if whole or refused is None else refused
    if not found and refused is not None:
        raise refused
    return found


def of_whole_arrays(formula: str, quantity: str) -> bool:
    """Whether brackets may be about whole arrays: x[1:], x[0], [s > 0]."""
    return takes_parts(formula, quantity) or compares(formula, quantity)


def refuse_own_time(found: Found, formula: str, quantity: str) -> None:
    """Raises DeltaruleError for a formula that is not right with the direct part of a derivative,
    and may be with all that comes from earlier times."""
    beyond = AT_OWN_TIME.format("")
    alone = [said for said in found.values() if beyond in said]
    if alone:
        raise DeltaruleError(
            f"{alone[0].removesuffix(beyond)} can be read in two ways: what comes from earlier "
            "times may count, or not",
            f"{quantity}: {shortened(formula)!r}",
            "put a gradient before it that has all later times in it, as in ∂E/∂s[t, n, m], or "
            "write what it is, as in h[t − 1, n, k] for ∂s[t, n, m]/∂W_hh[k, m]",
        )


def _by_indices(formula: str, vocabulary: Vocabulary, quantity: str, target: Target) -> Found:
    """The formula read among indices, with every way in which its sums can be read."""
    found: Found = {}
    refused: DeltaruleError | None = None
    ranges = target.equation.ranges
    tried: list[tuple[bool, Index | None, bool]] = [(True, None, False)]
    for binds, over, direct in tried:
        parser = Parser(formula, vocabulary, quantity, ranges)
        parser.binds, parser.over, parser.direct = binds, over, direct
        try:
            parsed = parser.parse()
        except DeltaruleError as error:
            refused = refused or error
        else:
            said = _said(binds, parser, over)
            found.setdefault(parsed, said)
        if binds and parser.two_ways:
            tried += [(False, over, direct)] if (False, over, direct) not in tried else []
        if over is None and parser.no_range:
            more = [(binds, i, direct) for i, _ in ranges]
            tried += [way for way in more if way not in tried]
        if parser.two_derivatives and not direct:
            tried.append((binds, over, True))
    if not found and refused is not None:
        raise refused
    return found


def _said(binds: bool, parser: Parser, over: Index | None) -> str:
    parts = []
    if parser.two_ways and not binds:
        parts.append(NOT_BOUND)
    elif parser.power_bound:
        parts.append(BOUND)
    if over is not None:
        parts.append(OVER.format(over))
    if parser.direct:
        parts.append(DIRECT)
    parts += [AT_OWN_TIME.format(shortened(d)) for d in parser.only_direct]
    return "; ".join(parts)


def _in_matrices(
    formula: str, vocabulary: Vocabulary, quantity: str, target: Target, program: bool
) -> Found:
    """The formula read in whole matrices."""
    found: Found = {}
    ranges = target.equation.ranges
    refused: DeltaruleError | None = None
    ways = [(True, None)] + ([(False, None)] if sums_in_words(formula) else [])
    ways += [(True, axis) for axis in ranges if f"_{axis[0]}" in formula or "_{" in formula]
    for binds, fixed in ways:
        try:
            for one in matrix_readings(
                formula, vocabulary, quantity, ranges, program=program, binds=binds, fixed=fixed
            ):
                found.setdefault(one, "" if binds else NOT_BOUND)
        except DeltaruleError as error:
            refused = refused or error
    if not found and refused is not None:
        raise refused
    return found


def sums_in_words(formula: str) -> bool:
    """Whether a formula has a sum that may be read in two ways."""
    return any(word in formula for word in ("sum", "mean", "Σ", "∑"))


def vocabularies(derivation: Derivation, formula: str) -> list[Vocabulary]:
    """σ is the logistic function; in a network that has none, it may mean its own activation."""
    plain, activation = both_vocabularies(derivation)
    own = any(f.row.name == "sigmoid" for f in plain.used)
    if own or not ("σ" in formula or "sigma" in formula):
        return [plain]
    return [activation, plain]


def both_vocabularies(derivation: Derivation) -> tuple[Vocabulary, Vocabulary]:
    """The names of a derivation, read once for all its formulas."""
    known = _VOCABULARIES.get(id(derivation))
    if known is None or known[0] is not derivation:
        if len(_VOCABULARIES) >= _MOST_KNOWN:
            _VOCABULARIES.clear()
        derived = derivation.equations()
        plain, activation = (Vocabulary(derivation.network, derived, a) for a in (False, True))
        known = _VOCABULARIES[id(derivation)] = (derivation, plain, activation)
    return known[1], known[2]


def renamed(formula: Expr, derivation: Derivation) -> Expr:
    """The formula with our name for the loss."""

    def ours(access: Read) -> Expr:
        found = GradientName.parse(tensor_name(access))
        if found is None:
            return access
        return read(derivation.gradient_name(found.wrt), *access.indices)

    return replace_reads(formula, ours)


def _ours(formula: Expr, derivation: Derivation, target: Target) -> Expr:
    """The formula in our own names, for the loss and for the free indices."""
    formula = renamed(formula, derivation)
    free = sorted(free_indices(formula), key=str)
    strange = [i for i in free if i not in target.indices]
    left = [i for i in target.indices if i not in free]
    if len(strange) > len(left):
        lhs = text(target.equation.lhs)
        error = Unsummed(
            f"index {strange[0]} is free in the formula but not in {pretty(target.name)}",
            lhs,
            f"sum over it, Σ_{strange[0]} …, or use the indices of {lhs}",
        )
        error.summed = tuple(_summed(formula, strange, derivation, target))
        raise error
    if strange:
        formula = substitute(formula, dict(zip(strange, left, strict=False)))
    return target.at_entry(formula)


def _summed(
    formula: Expr, strange: list[Index], derivation: Derivation, target: Target
) -> Iterator[tuple[Expr, str]]:
    """A formula summed over the indices that its quantity has not."""
    tensors = both_vocabularies(derivation)[0].tensors
    try:
        found = extents(formula, dict(tensors), target.name)
    except DeltaruleError:
        return
    if all(i in found for i in strange):
        over = [(i, found[i]) for i in strange]
        yield target.at_entry(Sum(formula, over)), ", ".join(str(i) for i in strange)
