"""The table of lowerings: in order, each in use, and no equation matched twice."""

from collections import Counter
from dataclasses import replace

import pytest
from agreement import agree, probed
from laid_out import as_python
from once import programmed

from deltarule import layer
from deltarule.errors import DeltaruleError
from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

#: The derivations, or equations, that the table says its rows are used by.
USED_BY = dict.fromkeys(row.used_by for row in LOWERINGS)


class Watched:
    """The table with its rows counted as they match and emit."""

    def __init__(self):
        self.looked_for: Counter = Counter()
        self.emitted: Counter = Counter()
        self.rows = [self._watched(row) for row in LOWERINGS]

    def _watched(self, row):
        def match(site):
            self.looked_for[row.name, site.equation, site.loop_indices] += 1
            return row.match(site)

        def emit(plan, site, out):
            self.emitted[row.name] += 1
            row.emit(plan, site, out)

        def emit_joined(plans, sites, out):
            self.emitted[row.name] += len(plans)
            row.emit_joined(plans, sites, out)

        return replace(row, match=match, emit=emit, emit_joined=emit_joined)


def test_rows_stand_in_the_order_of_their_benefit_and_have_names_of_their_own():
    benefits = [row.benefit for row in LOWERINGS]
    assert benefits == sorted(set(benefits), reverse=True)
    assert len({row.name for row in LOWERINGS}) == len(LOWERINGS)


@pytest.mark.slow
def test_every_row_is_in_use_and_every_pattern_is_looked_for_once():
    """In passes that stand twice in a file too: as loops, and in stages with transforms."""
    assert "" not in USED_BY, "say of each row which derivation's kernel it is in: used_by=…"
    emitted = set()
    for name in USED_BY:
        watched = Watched()
        made = program(layer(name), {}) if "=" in name else programmed(name)
        text = Module(made, "float64", lowerings=watched.rows).text()
        assert ("forward_in_stages" in text) == (name == "conv2d")
        assert max(watched.looked_for.values()) == 1
        emitted |= {(row, name) for row in watched.emitted}
    assert {(row.name, row.used_by) for row in LOWERINGS} <= emitted


def test_the_row_of_the_largest_benefit_is_emitted_wherever_it_stands():
    made = programmed("half_squared")
    loops = next(row for row in LOWERINGS if row.name == "loop_nest")

    def emit(plan, site, out):
        out.lines.comment("mine")
        loops.emit(plan, site, out)

    mine = replace(loops, name="mine", emit=emit, benefit=1)
    for rows in ([*LOWERINGS, mine], [mine, *LOWERINGS]):
        assert "# mine" in Module(made, "float64", lowerings=rows).text()
    below = [*LOWERINGS, replace(mine, benefit=-1)]
    assert "# mine" not in Module(made, "float64", lowerings=below).text()


def test_an_equation_that_no_row_takes_is_told():
    with pytest.raises(DeltaruleError) as told:
        Module(programmed("half_squared"), "float64", lowerings=[]).text()
    assert told.value.fact == "no lowering takes E_o[n, m] = (y[n, m] − ŷ[n, m])²/2"
    assert told.value.remedy == "keep loop_nest among the lowerings: it takes any equation"


TWO_WINDOWS = """
from deltarule.language import *

N, C, F, T = sizes("N C F T")
n, c, f, t, k = indices("n c f t k")
x, y = input("x", N, C, T, outside=0), output("y", N, F, T)
v, w = parameter("v", F, C, 3), parameter("w", F, C, 5)
y[n, f, t] = Sum[c, k](x[n, c, t + k - 1] * v[f, c, k]) + Sum[c, k](x[n, c, t + k - 2] * w[f, c, k])
"""


def test_what_a_call_leaves_over_is_matched_again(tmp_path, monkeypatch):
    """Both windows of a sum become calls, forward and in dx, as in an inception block."""
    path = tmp_path / "two_windows.py"
    path.write_text(TWO_WINDOWS, encoding="utf-8")
    made, watched = program(str(path), {}), Watched()
    text = Module(made, "float64", lowerings=watched.rows).text()
    assert watched.emitted["convolution"] == 6
    agree(as_python(text, tmp_path, monkeypatch), made, probed(made, 0))


#: Both ways to write what is summed, stamps and windows, and axes and groups of one entry.
WINDOWS = [
    ("transposed_conv1d", {"pad": 1}, 3),
    ("transposed_conv1d", {"groups": 2, "stride": 1}, 3),
    ("conv1d", {"K": 1, "T": 5}, 3),
    ("grouped_conv2d", {"A": 1, "B": 1, "K": 1, "L": 1, "H": 4, "W": 4}, 2),  # ∂L/∂x has no sum
    ("grouped_conv2d", {"A": 1, "B": 1, "K": 3, "L": 3}, 3),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "settings", "count"), WINDOWS)
def test_sums_of_windows_and_their_gradients_are_calls(
    name, settings, count, tmp_path, monkeypatch
):
    made, watched = programmed(name, **settings), Watched()
    text = Module(made, "float64", lowerings=watched.rows).text()
    calls = watched.emitted["convolution"] + watched.emitted["matmul"]
    assert calls == count, watched.emitted
    agree(as_python(text, tmp_path, monkeypatch), made, probed(made, 0))


def test_what_lies_within_groups_is_one_loop(tmp_path, monkeypatch):
    """A mean over channels and places, and its gradient, as of an example in other norms."""
    made, watched = programmed("group_norm", A=2), Watched()
    text = Module(made, "float64", lowerings=watched.rows).text()
    rows = [line.strip() for line in text.splitlines() if line.strip().startswith("for ")]
    whole = [line for line in rows if "range(2 * H * W)" in line]
    assert len(whole) == 5, rows  # both means, x̂, and both sums of its gradient
    agree(as_python(text, tmp_path, monkeypatch), made, probed(made, 0))


GUARDED = """
from deltarule.language import *

I, J, D = sizes("I J D")
i, j, l = indices("i j l")
x, y = input("x", I, J), output("y", I, J)
y[i, j] = where(j <= i, x[i, j] * Sum[l](x[i, l]), 0)
"""


def test_a_total_of_a_row_is_added_up_once_for_all_entries_behind_a_guard(tmp_path, monkeypatch):
    path = tmp_path / "guarded.py"
    path.write_text(GUARDED, encoding="utf-8")
    made = program(str(path), {})
    text = Module(made, "float64").text()
    forward, backward = text.split("_loops(")[1:3]
    assert forward.index("for l in") < forward.index("for j in")
    assert backward.index("for l_ in") < backward.index("for l in")
    agree(as_python(text, tmp_path, monkeypatch), made, probed(made, 0))


def fails(*_):
    return {}["n"]


def no_python(plan, site, out):
    with out.lines.block("for n in range(N):"):
        out.lines.add("y[n] = = 0")


@pytest.mark.parametrize(
    ("changed", "fact", "remedy"),
    [
        ({"match": fails}, "the lowering mine fails: KeyError: 'n'", "mend its match, or"),
        ({"emit": fails}, "the lowering mine fails: KeyError: 'n'", "mend its emit, or"),
        (
            {"emit": no_python},
            "the lowering mine emits what is no Python: invalid syntax: y[n] = = 0",
            "mend its emit: whole statements of Python",
        ),
    ],
)
def test_a_row_that_fails_or_writes_no_python_is_named(changed, fact, remedy):
    loops = next(row for row in LOWERINGS if row.name == "loop_nest")
    mine = replace(loops, name="mine", benefit=1, **changed)
    with pytest.raises(DeltaruleError) as caught:
        Module(programmed("half_squared"), "float64", lowerings=[*LOWERINGS, mine]).text()
    assert caught.value.fact == fact
    assert caught.value.place.startswith("half_squared.py, line ")
    assert caught.value.remedy.startswith(remedy)
