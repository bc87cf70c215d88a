"""The order of recurrences: found from the shifts, or refused in words."""

import textwrap

import pytest
from once import derived, loaded

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.spelling.text import text

HEAD = """
from deltarule.language import *
T, N, H = sizes("T N H")
t, n, k, m = indices("t n k m")
x, W = input("x", T, N, H), parameter("W", H, H)
h0 = parameter("h0", N, H)
h = state("h", T, N, H, before=h0)
"""


@pytest.fixture
def page(tmp_path):
    def written(text):
        path = tmp_path / "page.py"
        path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
        return load(path)

    return written


def _shape(network):
    """Blocks by name; a recurrence with its direction."""
    return [
        (b.direction, [e.name for e in b.equations]) if isinstance(b, Recurrence) else b.name
        for b in blocks(network.equations)
    ]


def test_equations_written_in_any_order_are_put_in_the_order_of_one_time(page):
    network = page("""
        y, s = output("y", T, N, H), intermediate("s", T, N, H)
        y[t, n, m] = 2 * h[t, n, m]
        h[t, n, m] = tanh(s[t, n, m])
        s[t, n, m] = x[t, n, m] + Sum[k](h[t - 1, n, k] * W[k, m])
    """)
    assert _shape(network) == [(1, ["s", "h"]), "y"]


@pytest.mark.slow
def test_the_backward_pass_descends_in_time():
    derivation = derived("lstm")
    found = [b for b in blocks(derivation.equations()) if isinstance(b, Recurrence)]
    assert [b.direction for b in found] == [-1]
    assert {"dL/dh", "dL/dc", "dL/df", "dL/ds_i"} <= found[0].names


def test_both_directions_are_two_recurrences():
    assert _shape(load("bidirectional_rnn"))[:2] == [(1, ["s_f", "f"]), (-1, ["s_b", "b"])]


def test_layers_are_recurrences_one_after_the_other():
    assert _shape(load("deep_rnn")) == [
        (1, ["s1", "h1"]),
        "y1",
        (1, ["s2", "h2"]),
        "y2",
        "yhat",
        "E_t",
        "E",
    ]


def test_reads_two_times_back_take_two_initial_states(page):
    network = page("""
        g0 = parameter("g0", 2, N, H)
        g = state("g", T, N, H, before=g0)
        E = loss("E", Sum[t, n, m](square(g[t, n, m])))
        g[t, n, m] = tanh(g[t - 1, n, m] + 2 * g[t - 2, n, m] + x[t, n, m])
    """)
    from whole_network import gap

    one, two = gap(derive(network), T=4, N=2)
    assert one.overlaps(two)
    assert (one - two).abs_upper() < 1e-40


def test_states_written_with_their_initial_value_among_them(page):
    network = page("""
        t = index("t", T)
        a = intermediate("a", T + 1, N, H)
        a[0, n, m] = h0[n, m]
        a[t + 1, n, m] = tanh(x[t, n, m] + Sum[k](a[t, n, k] * W[k, m]))
        h[t, n, m] = a[t + 1, n, m]
        E = loss("E", Sum[t, n, m](square(h[t, n, m])))
    """)
    from whole_network import gap

    one, two = gap(derive(network), T=3, N=2)
    assert one.overlaps(two)


def test_recurrence_along_two_axes(page):
    network = page("""
        S = size("S")
        s = index("s")
        u = input("u", T, S)
        g = state("g", T, S, before=0)
        E = loss("E", Sum[t, s](square(g[t, s])))
        b = state("b", T, S, before=0, along=1)
        g[t, s] = tanh(g[t - 1, s] + b[t, s - 1] / 2 + u[t, s])
        b[t, s] = g[t, s] * u[t, s]
    """)
    from whole_network import gap

    outer = blocks(network.equations)[0]
    assert isinstance(outer, Recurrence)
    assert isinstance(outer.parts[0], Recurrence)
    one, two = gap(derive(network), T=3, S=4)
    assert one.overlaps(two)
    assert (one - two).abs_upper() < 1e-40


@pytest.mark.parametrize(
    ("text", "fact", "remedy"),
    [
        (
            """
            s = intermediate("s", T, N, H)
            h[t, n, m] = tanh(s[t, n, m])
            s[t, n, m] = h[t, n, m] + x[t, n, m]
            """,
            "the equations go round in a circle: h ← s[t, n, m] ← h[t, n, m]",
            "let one of them read a tensor that is computed earlier",
        ),
        (
            """
            b = state("b", T, N, H, after=h0)
            h[t, n, m] = tanh(h[t - 1, n, m] + b[t, n, m])
            b[t, n, m] = tanh(b[t + 1, n, m] + h[t, n, m])
            """,
            "the equations go round in a circle: h ← b[t, n, m] ← h[t, n, m]",
            "let one of them read a tensor that is computed earlier, "
            "or read all of them at earlier times (or all at later ones)",
        ),
        (
            """
            g = state("g", T, N, H)
            g[t, n, m] = tanh(g[t - 1, n, m])
            """,
            "g is read at t - 1, and no value is declared before its first time",
            'declare it: g = state("g", …, before=g0), or before=0',
        ),
        (
            """
            g = state("g", T, N, H, before="g0")
            """,
            "'g0' is no tensor that a state could start from",
            'declare it first: g0 = parameter("g0", …), and give it without quotes',
        ),
        (
            """
            g = state("g", T, N, H, before=W)
            """,
            "W has axes [H, H], which do not fit the state g [T, N, H]",
            "give W the axes of g without the one of time",
        ),
        (
            """
            h[t, n, m] = tanh(h[t - 2, n, m])
            """,
            "h is read 2 times away, but h0 holds one time alone",
            "give h0 an axis of time, of extent 2",
        ),
    ],
)
def test_refused(page, text, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        page(text)
    assert (refused.value.fact, refused.value.remedy) == (fact, remedy)


def test_a_sequence_without_steps_is_refused():
    with pytest.raises(DeltaruleError) as refused:
        Probe(load("rnn"), Float64(), T=0)
    assert refused.value.fact == "the sequence has no steps: T = 0"
    assert refused.value.remedy == "give T at least 1"


def test_an_output_that_reads_itself_is_put_out_as_a_copy(page):
    derived = derive(
        page("""
        y = output("y", T, N, H, outside=0)
        y[t, n, m] = tanh(x[t, n, m] + y[t - 1, n, m])
    """)
    )
    assert derived.upstream == ("y_out",)
    with pytest.raises(DeltaruleError) as refused:
        derive(derived.network, of="y")
    assert refused.value.fact == (
        "y is an output, and y reads it: its gradient would be part from outside, part from here"
    )
    assert text(derived.gradients["y"].equation().rhs) == (
        "[t ≤ T − 2]·∂L/∂y[t + 1, n, m]·(1 − y[t + 1, n, m]²) + ∂L/∂y_out[t, n, m]"
    )


def test_outputs_that_others_read_have_gradients_from_above_and_from_there(page):
    network = page("""
        s, y = output("s", T, N, H), output("y", T, N, H)
        s[t, n, m] = 2 * x[t, n, m]
        y[t, n, m] = square(s[t, n, m])
    """)
    assert [t.name for t in network.with_role("output")] == ["y", "s_out"]
    derived = derive(network)
    assert text(derived.gradients["s"].equation().rhs) == (
        "2·∂L/∂y[t, n, m]·s[t, n, m] + ∂L/∂s_out[t, n, m]"
    )


@pytest.mark.slow
def test_of_the_catalogue_only_what_others_read_is_put_out_as_a_copy():
    """What a maximum is known as its selection reads, and no gradient comes from that."""
    copies = {n for n in catalogue() if any(t.endswith("_out") for t in loaded(n).tensors)}
    assert copies == {"residual_norm"}
