"""Words of the language used wrongly: each is told what it is, where, and how it is written."""

import pytest

from deltarule import load
from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size

HEAD = '''"""T."""
from deltarule.language import *
N, A, M = sizes("N A M")
n, a, m = indices("n a m")
x, W, g = input("x", N, A), parameter("W", A, M), scalar("g", 0.5)
y = output("y", N, M)
'''
SUM = "Sum[k](x[n, k] * W[k, m])"

MISUSED = [
    (
        "Sum(a)(x[n, a] * W[a, m])",
        "Sum is followed by parentheses",
        "name its indices in square brackets first: Sum[k](x[n, k])",
    ),
    (
        "Max(x[n, a], a)",
        "Max is followed by parentheses",
        "name its indices in square brackets first: Max[k](x[n, k])",
    ),
    ("Sum[a] * x[n, a]", "what is added up is missing its brackets", f"write {SUM}"),
    ("Sum[a]()", "Sum[a] has empty brackets", "write Sum[a](x[…])"),
    ("Mean[a]", "Mean[a] is not an expression", "use tensors, indices and numbers"),
    (
        "Sum['a'](x[n, a])",
        "'a' stands where an index belongs",
        'declare one, k = index("k"), and name it: Sum[k](…)',
    ),
    (
        "Sum[A](x[n, a])",
        "A, a size, stands where an index belongs",
        'declare one, k = index("k"), and name it: Sum[k](…)',
    ),
    ("Sum[a, a](x[n, a])", "index a is named twice", "name each index once"),
    (
        "Sum[a](x[n, a])(3)",
        "a sum is followed by parentheses",
        "a product is written with *: a * (b)",
    ),
    ("n(3)", "an index is followed by parentheses", "a product is written with *: a * (b)"),
    (
        "x(n, 0)",
        "a tensor is followed by parentheses",
        "its entries stand in square brackets: x[n, d]",
    ),
    (
        "g[n]",
        "a scalar has no entries to choose from with square brackets",
        "write it without them; a tensor is declared with its sizes",
    ),
    (
        "x[n, 0.5]",
        "x has no entry 1/2",
        "positions are whole numbers: write i//2 for every other index, say",
    ),
    ("x[n, 0]**'2'", "a text in quotes stands beside **", "leave the quotes out"),
    ("x[n, 0]^2", "^ is no power in Python", "write x[n]**2"),
    ("x @ W", "@ is no product here", f"write the sum: {SUM}"),
    ("sigmoid[x[n, 0]]", "sigmoid is followed by square brackets", "write sigmoid(…)"),
    ("sigmoid()", "sigmoid takes 1, not 0", "write sigmoid(x[n])"),
    ("sqrt(x[n, 0], 3)", "sqrt is given more than it takes", "write sqrt(x[n])"),
    (
        "x[n, 0] if x[n, 0] > 0 else 0",
        "Python's if, and, or and not need numbers, and there are none yet",
        "write where(x[n] > 0, a, b), max(a, b) or relu(x[n])",
    ),
    ("x[n, 0] > 0", "x[n, 0] > 0 is not an expression", "use tensors, indices and numbers"),
    ("not x[n, 0]", "False is not an expression", "use tensors, indices and numbers"),
    ("where(x[n, 0] > 0, 1)", "where lacks otherwise", "write where(x[n] > 0, a, b)"),
    (
        "x.T",
        "a tensor has no .T",
        "write its indices the other way round: W[m, d] where W[d, m] stands for W",
    ),
    ("np.exp(x[n, 0])", "np is not known here", "write exp(…), log(…), tanh(…) without np."),
    ("sigmod(x[n, 0])", "sigmod is not known", "did you mean 'sigmoid'?"),
    (
        "len(x)",
        "len( ) is asked how long a tensor is",
        "write the size that it was declared with, such as N",
    ),
    (
        "Sum[a] x[n, a]",
        "the file is not Python: invalid syntax",
        f"mend the line: a product is written with *, and what is added up in brackets: {SUM}",
    ),
]


@pytest.mark.parametrize(("written", "fact", "remedy"), MISUSED)
def test_what_is_misused_is_told_in_the_words_of_the_language(tmp_path, written, fact, remedy):
    path = tmp_path / "own.py"
    path.write_text(f"{HEAD}y[n, m] = {written}\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load(path)
    error = caught.value
    assert (error.fact, error.place, error.remedy) == (fact, "own.py, line 7", remedy)


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ('p, q = indices("p")', "there are not as many names on the left as things on the right"),
        (
            'rows, = windows((N, 2), stride="S", pad="P")',
            "stride is 'S', not a name and its usual value",
        ),
        (
            'rows, = windows((N, 2), stride=2, pad=("P", 0))',
            "stride is 2, not a name and its usual value",
        ),
        ("rows, = windows((N, 2))", "windows lacks stride and pad"),
        ("z = input()", "a declaration lacks name"),
        ('z = elementwise("swish")', "elementwise lacks formula"),
        ('z = output(["z"], N)', "output is given ['z'] where a name belongs"),
        (
            "y = x[n, 0]\ny[n, m] = 1",
            "a tensor's name stands for something else since a line before",
        ),
        ("y(n, m) = 1", "the file is not Python: cannot assign to function call here"),
    ],
)
def test_what_is_declared_wrongly_is_told_too(tmp_path, line, fact):
    path = tmp_path / "own.py"
    path.write_text(f"{HEAD}{line}\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load(path)
    assert caught.value.fact == fact


def test_nodes_of_our_own_can_be_printed():
    """SymPy's printer knows other classes of the same names."""
    i, j = Index("i"), Index("j")
    assert str(Inverse(read("S", i, j), i, j, Size("N"))) == "Inverse[i, j](S[i, j])"
