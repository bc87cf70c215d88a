"""Which of the students' mistakes apply to which derivation, and whether they are generated there.

    python tests/support/mistakes_table.py                # the whole catalogue: totals, and gaps
    python tests/support/mistakes_table.py gru conv1d     # some derivations

A row of the list applies where the equations have the structure that it is about. The numbers are
those of the list; what needs code (41, 42) or only numbers (43, 44) is in no formula.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from once import derived
from variants import names

from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import Elementwise, exp
from deltarule.expressions.nodes import (
    Choose,
    LogSumExp,
    Read,
    Selection,
    Sum,
    free_indices,
    reads,
    walk,
)
from deltarule.marking.mistakes import Context, mistakes_in
from deltarule.marking.mistakes import contexts as of_course
from deltarule.marking.mistakes.generators import ROWS as USUAL
from deltarule.marking.mistakes.generators import TRIED_LAST
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

#: Attributes at which lost strides and paddings can be seen.
TELLING = {"S": 2, "P": 1, "D": 2}


def _nodes(network: Network, kind) -> bool:
    return any(isinstance(n, kind) for e in network.equations for n in walk(e.rhs))


def _squashed(network: Network, *functions: str) -> bool:
    return any(
        isinstance(e.rhs, Elementwise)
        and isinstance(e.rhs.args[0], Read)
        and e.rhs.row.name in functions
        for e in network.equations
    )


def _weights(network: Network, rank: int) -> bool:
    return any(t.role == "parameter" and len(t.axes) >= rank for t in network.tensors.values())


def _bias(network: Network) -> bool:
    ranks = [
        {
            len(network.tensors[n].axes)
            for n in e.read_names()
            if n in network.tensors and network.tensors[n].role == "parameter"
        }
        for e in network.equations
    ]
    return any(1 in r and max(r) > 1 for r in ranks)


def _softmax(network: Network) -> bool:
    return _nodes(network, LogSumExp) or any(
        any(isinstance(n, Sum) and isinstance(n.body, exp) for n in walk(e.rhs))
        for e in network.equations
    )


def _sliding(network: Network) -> bool:
    return any(
        len(free_indices(s)) > 1 and free_indices(s) & set(e.indices)
        for e in network.equations
        for a in reads(e.rhs)
        for s in a.indices
    )


def _recurrent(network: Network) -> bool:
    return any(isinstance(b, Recurrence) for b in blocks(network.equations))


def _statistics(network: Network) -> bool:
    return {"mu", "v"} <= {e.name for e in network.equations}


def _has(network: Network, attribute: str) -> bool:
    return any(s.name == attribute for s in network.attributes)


def _always(_: Network) -> bool:
    return True


@dataclass(frozen=True)
class Row:
    """A row of the list: its number, the structure it needs, the kinds that stand for it."""

    number: str
    applies: Callable[[Network], bool]
    kinds: frozenset[str]


def _row(number: str, applies: Callable[[Network], bool], *kinds: str) -> Row:
    return Row(number, applies, frozenset(kinds))


ROWS = (
    _row("1", lambda n: _squashed(n, "sigmoid", "tanh", "relu"), "slope lost"),
    _row("2, 3", lambda n: _squashed(n, "sigmoid", "tanh"), "slope at the wrong place"),
    _row("4, 16", lambda n: _softmax(n) and "t" in n.tensors, "slope twice"),
    _row("5", _always, "sign"),
    _row("6", _always, "constant factor", "mean for sum"),
    _row("7, 22", _bias, "one path only", "mean for sum"),
    _row("8", _bias, "bias from weights"),
    _row("9", lambda n: _weights(n, 2), "transposed", "layout"),
    _row("10", lambda n: _weights(n, 2), "weights lost"),
    _row(
        "11",
        lambda n: _weights(n, 2),
        "weights where activations belong",
        "activations where weights belong",
        "wrong tensor",
    ),
    _row("12", lambda n: _weights(n, 2), "updated weights used"),
    _row("13", lambda n: _bias(n) and not _sliding(n), "error shared out"),
    _row("14", lambda n: _weights(n, 2), "one path only"),
    _row("15", _softmax, "diagonal alone", "path frozen", "summand lost"),
    _row("17", lambda n: {"R", "C"} <= n.tensors.keys(), "bias regularised"),
    _row(
        "18",
        lambda n: _squashed(n, "relu") or _nodes(n, Choose),
        "slope at the wrong place",
        "slopes exchanged",
    ),
    _row("19", lambda n: _sliding(n) and _weights(n, 3), "kernel turned"),
    _row("20", lambda n: _sliding(n) and _has(n, "S") and not _nodes(n, Choose), "stride lost"),
    _row("21", lambda n: _sliding(n) and _has(n, "P"), "padding lost"),
    _row("23", lambda n: _sliding(n) and _has(n, "S"), "assignment for accumulation"),
    _row("24", lambda n: _nodes(n, Selection), "all of a tie"),
    _row(
        "25",
        lambda n: _sliding(n) and not _weights(n, 1) and not _nodes(n, Selection),
        "divisor lost",
        "another divisor",
        "constant lost",
    ),
    _row("26, 27", _statistics, "path frozen"),
    _row("28", lambda n: _statistics(n) and "gamma" in n.tensors, "scale lost"),
    _row("29", _statistics, "ε misplaced"),
    _row("29 n − 1", _statistics, "n − 1 for n"),
    _row("30", _statistics, "another axis", "wrong groups"),
    _row("31, 34", _recurrent, "recurrence cut"),
    _row("32", _recurrent, "wrong time"),
    _row("33", lambda n: _squashed(n, "tanh"), "slope inverted"),
    _row("35, 37", lambda n: {"s_f", "s_o"} <= n.tensors.keys(), "gate lost"),
    _row("36", lambda n: _recurrent(n) and _squashed(n, "sigmoid"), "slope lost"),
    _row("38", lambda n: _recurrent(n) and {"s_r", "s_z"} <= n.tensors.keys(), "scalar gate"),
    _row(
        "39",
        lambda n: "E" in n.tensors and n.tensors["E"].role == "parameter",
        "assignment for accumulation",
    ),
    _row("40", lambda n: "mask" in n.tensors, "mask lost"),
    _row("45", _recurrent, "time order reversed"),
)


def contexts(name: str, **options) -> Iterator[Context]:
    """Every line of a derivation at small random numbers."""
    derivation = derived(name, **options)
    known = {s.name: n for s, n in derivation.network.attributes.items()}
    telling = {n: v for n, v in TELLING.items() if n in known}
    try:
        givens, sizes = drawn(derivation, 1, telling)
    except DeltaruleError:
        givens, sizes = drawn(derivation, 1)
    computation = computation_of(derivation, givens, sizes=sizes, rate=1)
    yield from of_course(computation)


def table(name: str) -> dict[str, bool]:
    """For each row that applies, whether it is generated somewhere in the derivation."""
    network = derived(name).network
    kinds = {
        m.kind for context in contexts(name) for m in mistakes_in(context, (*USUAL, *TRIED_LAST))
    }
    return {r.number: bool(r.kinds & kinds) for r in ROWS if r.applies(network)}


if __name__ == "__main__":
    asked = sys.argv[1:] or names()
    of = found = 0
    for derivation in asked:
        rows = table(derivation)
        gaps = [row for row, there in rows.items() if not there]
        of, found = of + len(rows), found + len(rows) - len(gaps)
        print(
            f"{derivation}: {len(rows) - len(gaps)} of {len(rows)}"
            + (f", without {'; '.join(gaps)}" if gaps else ""),
            flush=True,
        )
    print(f"{found} of {of} rows that apply are generated, in {len(asked)} derivations")
