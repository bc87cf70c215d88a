"""A network of a typed formula: its tensors, with sizes inferred by position, and its equations.

    E = ½‖y − σ(W x + b)‖²                         vectors and matrices by their letters
    p = softmax(W x); E = −tᵀ log(p)               several equations
    y[n, m] = Σ_d x[n, d] W[d, m] + b[m]           with indices

Nothing of it is run. What can be read in several ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.language.named_pieces import with_named_pieces
from deltarule.networks.network import Network
from deltarule.spelling.names import canonical, pretty
from deltarule.typed.equation_texts import MOST_EQUATIONS, TypedEquation, typed_equations
from deltarule.typed.grammars.named_norms import note_of
from deltarule.typed.lecture_notation.compared_labels import note_of_compared
from deltarule.typed.lecture_notation.entropies import note_of_entropies
from deltarule.typed.lecture_notation.known_deviations import with_deviations_known
from deltarule.typed.lecture_notation.lecture_words import puts_together
from deltarule.typed.lecture_notation.letters_together import refuse_letters_together
from deltarule.typed.lecture_notation.log_determinants import note_of_det
from deltarule.typed.lecture_notation.moments import note_of_moments
from deltarule.typed.lecture_notation.normal_distribution import note_of_normal
from deltarule.typed.lecture_notation.objectives import note_of_objectives
from deltarule.typed.lecture_notation.own_spelling import in_own_spelling
from deltarule.typed.lecture_notation.probabilities import note_of_marginals
from deltarule.typed.lecture_notation.sets_summed_over import note_of_sets
from deltarule.typed.lecture_notation.signs_above import note_of_signs
from deltarule.typed.lecture_notation.sorted_values import note_of_sorted_values
from deltarule.typed.lecture_notation.stacked_vectors import STACKED
from deltarule.typed.lecture_notation.states_and_neighbours import NEIGHBOURS
from deltarule.typed.lecture_notation.sum_ends import (
    note_of_counting,
    with_sizes_called,
    without_ends,
)
from deltarule.typed.lecture_notation.sums_stopped import note_of_stops
from deltarule.typed.lines_unread import refuse_values_of_entries
from deltarule.typed.matrix_powers import PowerOfMatrix, with_diagonals, with_inverse_line
from deltarule.typed.matrix_reader import MatrixReader
from deltarule.typed.quantities.covariance_matrices import with_covariances_known
from deltarule.typed.quantities.free_letters import refuse_free_letters
from deltarule.typed.quantities.given_means import note_of_means
from deltarule.typed.quantities.loss_among_lines import note_of_loss
from deltarule.typed.quantities.row_names import has_rows
from deltarule.typed.quantities.typed_names import subscripted
from deltarule.typed.quantities.updated_names import note_of_updates, with_updates_apart
from deltarule.typed.quantities.usual_letters import is_number
from deltarule.typed.row_equations import Rows
from deltarule.typed.shares_of_sums import with_shares_named
from deltarule.typed.sizes.said_shapes import said_shapes
from deltarule.typed.slips.text_lines import as_typed
from deltarule.typed.softmax_of_entries import with_softmax_of_entries

#: Blanks that say nothing, over which patterns would take long.
_LONG_BLANKS = re.compile(r"[^\S\n]{9,}")


def tensors_of(text: str) -> list[str]:
    """The names of the tensors that a formula reads. Raises DeltaruleError."""
    text = _LONG_BLANKS.sub(" ", text)
    with as_typed(text):
        equations = with_diagonals(with_updates_apart(typed_equations(text)))
        return list(MatrixReader(equations, frozenset(), {}).uses)


def typed_network(
    text: str, wrt: Iterable[str] = (), shapes: Mapping[str, str] | None = None
) -> Network:
    """The network that a formula says. `shapes` are those of single tensors, as "2x3", "3" or
    "scalar"; `wrt` are tensors that it is to be derived by. Raises DeltaruleError for what cannot
    be read, or can be read in several ways."""
    text = _LONG_BLANKS.sub(" ", text)
    network = _read_text(text, wrt, shapes)
    spelled = in_own_spelling(text)
    network = with_sizes_called(network, without_ends(spelled)[1])
    network, note_of_covariances = with_covariances_known(network)
    network, note_of_deviations = with_deviations_known(network, text)
    network = with_shares_named(network)
    neighbours = (
        NEIGHBOURS if "adj" in network.tensors and re.search(r"∈|\\in(?![A-Za-z])", text) else ""
    )
    notes = (
        network.text,
        note_of(text),
        note_of_det(text),
        note_of_covariances,
        note_of_deviations,
        STACKED if puts_together(text) else "",
        note_of_marginals(text),
        note_of_entropies(text),
        note_of_moments(text),
        note_of_normal(text),
        note_of_objectives(text),
        note_of_sorted_values(text),
        note_of_signs(text, network.tensors),
        note_of_means(network),
        note_of_loss(network),
        note_of_updates(text, network.tensors),
        note_of_counting(spelled),
        note_of_compared(spelled, network),
        note_of_stops(spelled, network),
        note_of_sets(text, network.tensors),
        neighbours,
    )
    return replace(network, text=" ".join(filter(None, notes)))


def _read_text(text: str, wrt: Iterable[str], shapes: Mapping[str, str] | None) -> Network:
    with as_typed(text):
        said = said_shapes(shapes or {})
        for name in (n for n, sizes in said.items() if len(sizes) == 1 and is_number(n)):
            others = {n: s for n, s in (shapes or {}).items() if canonical(n) != name}
            _refuse_vector(name, said[name][0], lambda o=others: _read_text(text, wrt, o))

        def plain() -> Network:
            lines = with_softmax_of_entries(typed_equations(text))
            return _with_inverses(lines, lambda e: _read(MatrixReader(e, own, said)))

        own = frozenset(wrt)
        whole = with_softmax_of_entries(typed_equations(text, rows=True))
        refuse_free_letters(whole)
        refuse_values_of_entries(whole)
        refuse_letters_together(text, whole, {*own, *said})
        rows = has_rows(whole)
        if not rows:
            return plain()
        if rows == "number":
            with suppress(DeltaruleError):
                if not (found := plain()).tensors[found.equations[-1].name].axes:
                    return found
            rows = "perhaps"
        try:
            return _with_inverses(whole, lambda e: _in_rows(e, own, said))
        except DeltaruleError as refused:
            try:
                if rows == "perhaps" or not all(e.indices or "[" in e.formula for e in whole):
                    return plain()
            except DeltaruleError:
                pass
            raise refused from None


def _refuse_vector(name: str, count: int, without: Callable[[], Network]) -> None:
    """Raises DeltaruleError where a letter of numbers, as D of √D, is said to be a vector, and is
    a number in the formula `without` that: whoever writes D=4 means the number 4."""
    try:
        tensor = without().tensors.get(name)
    except DeltaruleError:  # read only so
        return
    if tensor is not None and not tensor.axes:
        shown = pretty(name)
        raise DeltaruleError(
            f"{shown} is a number in the formula, and {name}={count} would make it a vector of "
            f"{count} entries",
            "--set",
            f"leave {name} out, as sizes and shapes are set here and no values; for a vector write "
            f"{shown}[i] in the formula",
        )


def _with_inverses(
    equations: list[TypedEquation], reading: Callable[[list[TypedEquation]], Network]
) -> Network:
    """What is read of some equations, with lines for the inverses that these need."""
    equations = with_diagonals(with_updates_apart(equations))
    while True:
        try:
            return reading(equations)
        except PowerOfMatrix as power:
            longer = with_inverse_line(equations, power)
            if longer is None or len(longer) > MOST_EQUATIONS:
                raise
            equations = longer


def _in_rows(
    equations: list[TypedEquation], wrt: frozenset[str], said: dict[str, tuple[int, ...]]
) -> Network:
    """Vectors, numbers and matrices that have indices, in products of matrices."""
    lines = Rows(equations, wrt, said).lines()
    network = MatrixReader(equations, wrt, said).network_of(lines.tensors, lines.equations)
    return with_named_pieces(replace(network, title=lines.title))


def _read(reader: MatrixReader) -> Network:
    indexed = [e for e in reader.equations if e.indices or subscripted(e.formula, e.place)]
    if len(indexed) == len(reader.equations):
        return with_named_pieces(reader.in_indices())
    if not indexed:
        return reader.in_matrices()
    try:
        return reader.in_matrices()
    except DeltaruleError as refused:
        try:
            return with_named_pieces(reader.in_indices())
        except DeltaruleError:
            raise refused from None
