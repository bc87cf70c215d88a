"""One decision is charged once, in however many independent lines it is taken."""

import numpy as np
import pytest
from recurrent_mistakes import before, over_time
from simulated import paper
from simulated_lines import Slip
from sympy import Integer

from deltarule.marking.mistakes import Mistake
from deltarule.marking.one_decision import decisions
from deltarule.marking.verdicts import FOLLOWS, MISTAKE
from deltarule.networks.equations import Equation

RATE = 0.5


def in_both(work):
    """The same in the updates of both matrices of weights."""
    return [
        Slip("rate", f"Theta{k} after", lambda q, k=k: work(q[f"Theta{k}"], q[f"dE/dTheta{k}"]))
        for k in (1, 2)
    ]


SLOPES = ["slope lost", "slope lost in the hidden layer"]
MEANS = [
    Slip("mean", "dE/db2", lambda q: q["dE/dz"].mean(axis=0)),
    Slip("mean", "dE/db1", lambda q: q["dE/ds1"].mean(axis=0)),
]


@pytest.mark.parametrize(
    ("kind", "slips"),
    [
        ("dense", in_both(lambda w, g: w - 10 * RATE * g)),
        ("dense", in_both(lambda w, g: w + RATE * g)),
        ("dense", SLOPES),
        ("batch", MEANS),
    ],
)
def test_one_decision_is_charged_once(kind, slips):
    found = paper(kind, 7, *slips)
    lines = [s.line for s in found.slips]
    of = {v.quantity: v for v in found.verdicts if v.quantity in lines}
    assert len(found.charged) == 1, found.accused
    charged = of.pop(found.charged[0])
    (other,) = of.values()
    assert (charged.verdict, other.verdict) == (MISTAKE, FOLLOWS)
    assert other.finding.startswith("the same mistake as in ")
    assert {s.quantity: s.points for s in found.marking.scores}[other.quantity] == 1


GATES = "ifog"
EXCHANGED = Slip(
    "i and f exchanged", "c", lambda q, t: q["i"][t] * before(q, "c", t) + q["f"][t] * q["g"][t]
)
SWITCHED_OFF = Slip("sign", "dE/dz", lambda q, t: -q["dE/dh"][t] * (before(q, "h", t) - q["g"][t]))
H_OF_ITS_OWN_TIME = [
    Slip(
        "h of the wrong time",
        f"dE/dW_h{gate}",
        lambda q, gate=gate: over_time(q, lambda t: q["h"][t], f"dE/ds_{gate}"),
    )
    for gate in GATES
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "seed", "other", "same"),
    [("lstm", 3, EXCHANGED, H_OF_ITS_OWN_TIME), ("gru", 10, SWITCHED_OFF, ["reset gate lost"])],
)
def test_one_decision_is_charged_once_beside_another_mistake(kind, seed, other, same):
    found = paper(kind, seed, other, *same)
    assert len(found.charged) == 2, found.accused
    assert all(v.mistakes for v in found.accused)


def test_slips_of_a_moment_count_each_time():
    found = paper(
        "dense",
        7,
        "factor 2",
        Slip("factor 2", "dE/dTheta1", lambda q: 2 * np.outer(q["x"], q["dE/ds1"])),
    )
    assert found.charged == ["dE/dyhat", "dE/dTheta1"]


NAMES = decisions(["gamma", "r", "h", "h1", "h2", "s1", "s2", "dL/dx", "Theta1 after"])


def decision(kind: str, line: str, words: str):
    return NAMES.of(Mistake(kind, 4.0, line, Equation(line, (), Integer(0), ()), words))


def test_decisions_are_told_apart_by_what_is_misunderstood():
    lost = decision("gate lost", "dL/dh", "the gate r[t + 1, k] is missing")
    assert lost == decision("gate lost", "dL/dh0", "the gate r[0, k] is missing")
    assert lost != decision("gate lost", "dL/dh0", "the gate h[0, k] is missing")
    one, two = (f"1 − h{n}[m] stands for tanh′(s{n}[m])" for n in "₁₂")
    kind = "slope misremembered"
    assert decision(kind, "dE/ds1", one) == decision(kind, "dE/ds2", two)
    assert decision(kind, "dE/ds1", one) != decision(kind, "dE/ds2", two.replace("tanh", "σ"))
    assert decision("constant factor", "dE/ds1", "a factor 2 too much") is None
    assert decision("sign", "dE/ds1", "the sign is turned round") is None
