"""Files of Python 2 and of older NumPy: what runs is checked, the rest is said with its remedy."""

import numpy as np
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions.reading import RemarkKind, load_into, read_source
from deltarule.submissions.reading.removed_numpy import REMOVED, gone

OLD = """\
import numpy as np

def good(x):
    return x + 1

def prints(x):
    print 'x is', x
    return x * 2

def loops(x):
    out = np.zeros(2, dtype=np.float)
    for i in xrange(2):
        out[i] = x
    return reduce(lambda a, b: a + b, map(float, out))

def packed((a, b), c):
    try:
        return a + b + c
    except Exception, e:
        raise ValueError, 'no'

def after(x):
    return no_such_name
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


def said(found, kind):
    return [str(r) for r in found.remarks if r.kind is kind]


def test_without_compat_only_what_is_python_2_is_lost():
    found = read_source(OLD.encode(), "layers.py")
    assert list(found.definitions) == ["good", "loops", "after"]
    assert found.lost == {"prints": 7, "packed": 16}
    assert said(found, RemarkKind.NOT_LOADED)[0] == (
        "line 7: print is a function in Python 3: write print(…), or check with --compat"
    )
    missing = said(found, RemarkKind.MISSING)
    assert "line 10: xrange is Python 2's: write range, or check with --compat" in missing
    assert "line 11: NumPy has no np.float any more: write float, or check with --compat" in missing
    assert found.text.split("\n")[21] == "def after(x):"


def test_with_compat_all_of_it_runs_and_lines_are_the_files(sandbox):
    found = read_source(OLD.encode(), "layers.py", compat=True)
    assert list(found.definitions) == ["good", "prints", "loops", "packed", "after"]
    assert found.lost == {}
    with sandbox.submission() as own:
        assert load_into(found, own).returned
        assert own.call("prints", 2.0).value == 4.0
        assert own.call("loops", 3.0).value == 6.0
        assert own.call("packed", (1, 2), 3).value == 6
        # A line was added to `packed`; what comes after is at its line of the file all the same.
        last = own.call("after", 1)
    assert last.line == 24 and found.place(last.line) == "line 23"
    assert said(found, RemarkKind.TRANSLATED) == [
        "line 6; line 10; line 16: 3 pieces of Python 2 were translated by fissix: write it for "
        "Python 3",
        "line 10: reduce is Python 2's, and stands for functools.reduce: write functools.reduce",
        "line 11: np.float stands for float: write float",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def f(x):\n    exec 'x'\n", "exec is a function in Python 3: write exec(…)"),
        ("def f(x):\n    print x\n", "print is a function in Python 3: write print(…)"),
        (
            "def f(x):\n    try: pass\n    except A, e: pass\n",
            "except takes “as” in Python 3: write except Error as e",
        ),
        ("def f(x):\n    return x <> 1\n", "<> is != in Python 3: write !="),
        ("def f(x):\n    return `x`\n", "backquotes are repr(…) in Python 3: write repr(…)"),
        ("def f(x):\n    raise A, 'b'\n", "raise takes a call in Python 3"),
        ("def f(x):\n    return 017\n", "this is a number of Python 2"),
        ("def f(x):\n    return 17L\n", "this is a number of Python 2"),
        (
            "def f(x):\n        y = x\n\treturn y\n",
            "tabs and blanks are mixed in the indentation: indent with one of them",
        ),
    ],
)
def test_python_2_is_named_and_compat_loads_it(text, sentence):
    text = f"{text}\n\ndef other(x):\n    return x\n"
    found = read_source(text.encode(), "layers.py")
    assert list(found.definitions) == ["other"] and list(found.lost) == ["f"]
    (sentence_said,) = said(found, RemarkKind.NOT_LOADED)
    assert sentence in sentence_said and "--compat" in sentence_said
    if "exec" not in text:
        compat = read_source(text.encode(), "layers.py", compat=True)
        assert list(compat.definitions) == ["f", "other"]


def test_what_stands_for_numpys_old_names_is_there():
    for name, instead in REMOVED.items():
        assert instead in dir(np) or instead in ("float", "int", "object", "str", "complex"), name
    assert gone("float") == "float" and gone("product") == "prod" and gone("zeros") is None


def test_statements_outside_of_definitions_that_do_not_parse_are_said_once():
    text = (
        "try:\n  from im2col import col2im\nexcept ImportError:\n  print 'build it'\n"
        "K = 3L\nprint 'a'\nprint 'b'\ndef f(x):\n    return col2im(x, K)\n"
    )
    found = read_source(text.encode(), "layers.py")
    assert said(found, RemarkKind.NOT_LOADED) == [
        "line 4: print is a function in Python 3 (and 3 more outside of definitions): "
        "write print(…), or check with --compat"
    ]
    assert found.imports["names"] == {
        "col2im": "which could not be loaded: line 4 is no Python 3",
        "K": "which could not be loaded: line 5 is no Python 3",
    }
    found = read_source(text.encode(), "layers.py", compat=True)
    assert found.imports["names"] == {} and "im2col" in found.imports["absent"]
