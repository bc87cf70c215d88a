"""What makes plain loops shorter, on loops written here; that no number changes, elsewhere."""

import pytest

from deltarule.expressions.symbols import Index
from deltarule.kernels.plain_loops.accesses import accesses_in, apart
from deltarule.kernels.plain_loops.loop_tree import BodyLines, write
from deltarule.kernels.plain_loops.shortened import Shortened
from deltarule.kernels.python_text.identifiers import LoopSpelling
from deltarule.kernels.python_text.indented import Lines


def shortened(text: str, axes: dict, returned=(), fresh=()) -> tuple[str, Shortened]:
    """A body after all steps; `fresh` are the variables that may be named anew."""
    spelling, lines = LoopSpelling(), BodyLines()
    for name in "nmkl":
        spelling.symbol(Index(name))
    spelling.stems.update({name: name.rstrip("0123456789") for name in fresh})
    for line in text.strip("\n").splitlines():
        lines.add(line)
    found = Shortened(lines.nodes(), axes, returned, (), spelling)
    result = Lines()
    write(found.nodes, result)
    return str(result), found


def test_what_one_entry_is_needed_of_is_a_number():
    text, found = shortened(
        """
for n in range(N):
    s[n] = 2.0 * x[n]
for n in range(N):
    y[n] = s[n] + s[n]
""",
        {"s": ["N"], "y": ["N"]},
        ["y"],
    )
    assert text.splitlines() == ["for n in range(N):", "    s = 2.0 * x[n]", "    y[n] = s + s"]
    assert found.numbers == {"s"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("s[n] = x[n]", "y[n] = s[n - 1]"),  # of another turn
        ("s[n] = x[n]", "y[n] = s[0]"),
        ("s[n] = x[n]", "y[n] = f(s)"),  # all of it
        ("y[n] = s[n + 1]", "s[n] = x[n]"),  # what was there before
        ("y[q[n]] = x[n]", "z[n] = y[n]"),  # wherever data say
        ("t = x[n]", "t = z[n]"),
    ],
)
def test_loops_that_meet_elsewhere_stay_apart(first, second):
    text = f"for n in range(N):\n    {first}\nfor n in range(N):\n    {second}"
    assert shortened(text, {"s": ["N"], "y": ["N"], "z": ["N"]}, ["s", "y", "z"])[0] == text


def test_what_stands_between_two_loops_keeps_them_apart_where_they_need_it():
    between = "total1 = 0.0\nfor m in range(M):\n    total1 += a[m]\nb = total1"
    loops = "for n in range(N):\n    a[n] = x[n]\n{}\nfor n in range(N):\n    y[n] = {} * a[n]"
    axes = {"a": ["N"], "y": ["N"]}
    free, _ = shortened(loops.format(between, "2.0"), axes, ["a", "y", "b"], ["total1"])
    bound, _ = shortened(loops.format(between, "b"), axes, ["a", "y", "b"], ["total1"])
    assert free.count("in range(N)") == 1 and bound.count("in range(N)") == 2


def test_loops_of_a_recurrence_stand_alone():
    steps = "for n in range(N):\n    for m in range(M):\n        h[n, m] = {}"
    axes = {"h": ["N", "M"]}
    inside, _ = shortened(steps.format("x[n, m]"), axes, ["h"])
    chained, _ = shortened(steps.format("h[n - 1, m]"), axes, ["h"])
    assert inside.startswith("for n, m in np.ndindex(N, M):")
    assert chained.splitlines()[:2] == ["for n in range(N):", "    for m in range(M):"]


def test_a_number_kept_over_a_loop_keeps_its_name_there():
    """total1 is read in every turn: what the loop adds up itself is called otherwise."""
    text, _ = shortened(
        """
total1 = 0.0
for k in range(K):
    total1 += a[k]
for n in range(N):
    y[n] = total1 * x[n]
    total2 = 0.0
    for l in range(L):
        total2 += b[n, l]
    z[n] = total2
""",
        {"y": ["N"], "z": ["N"]},
        ["y", "z"],
        ["total1", "total2"],
    )
    assert "y[n] = total * x[n]" in text and "z[n] = total2" in text


def test_equal_sums_are_added_up_once_and_others_in_one_loop():
    sums = "".join(
        f"total{k} = 0.0\nfor m in range(M):\n    total{k} += {what}\n"
        for k, what in ((1, "a[m]"), (2, "a[m]"), (3, "b[m]"))
    )
    text, _ = shortened(
        f"{sums}y = total1 + total2 * total3", {}, ["y"], ["total1", "total2", "total3"]
    )
    assert text.splitlines() == [
        "total = total2 = 0.0",
        "for m in range(M):",
        "    total += a[m]",
        "    total2 += b[m]",
        "y = total + total * total2",
    ]


def test_guarded_terms_are_written_where_they_are_asked_for():
    text = "for n in range(N):\n    total1 = 0.0\n    if n < M:\n        total1 += x[n]\n    {}"
    spelling, lines = LoopSpelling(), BodyLines()
    for line in text.format("y[n] = total1").splitlines():
        lines.add(line)
    found = Shortened(lines.nodes(), {"y": ["N"]}, ["y"], ["y"], spelling)
    write(found.nodes, result := Lines())
    assert str(result) == "for n in range(N):\n    if n < M:\n        y[n] = x[n]"
    assert found.zeros == {"y"}
    more, _ = shortened(text.format("y[n] = total1 + 1.0"), {"y": ["N"]}, ["y"], ["total1"])
    assert "    total = x[n] if n < M else 0.0" in more.splitlines()


def test_an_array_that_begins_with_zeros_is_made_of_them():
    fill, add = "for n in range(N):\n    y[n] = 0.0\n", "for m in range(M):\n    y[q[m]] += x[m]"
    text, found = shortened(fill + add, {"y": ["N"]}, ["y"])
    assert text == add and found.zeros == {"y"}
    kept, found = shortened(add + "\n" + fill + add, {"y": ["N"]}, ["y"])
    assert kept.count("y[n] = 0.0") == 1 and not found.zeros


def test_subscripts_are_different_for_certain_where_they_differ_by_a_number():
    (a,), (b,), (c,) = (
        [x for x in accesses_in(f"h[{s}]") if x.name == "h"] for s in ("t, m", "t - 1, k", "s, k")
    )
    assert apart(a, b, frozenset("mk")) and not apart(a, b, frozenset("t"))
    assert not apart(a, c, frozenset())
