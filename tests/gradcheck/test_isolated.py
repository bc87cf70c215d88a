"""What ends, blocks or floods the process that runs a file costs one function, and is told."""

from pathlib import Path

import pytest

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.isolated import FileRequest, check_file

TROUBLE = Path(__file__).with_name("own_trouble.py")
#: Of each function what is told, where, and the remedy.
TOLD = {
    "quits": (
        "quits at N = 2: it ends the program: sys.exit(0)",
        "own_trouble.py, line 14",
        "let it return, or raise an error",
    ),
    "dies": (
        "dies or its gradient ended the program, with status 0",
        "own_trouble.py, line 21",
        "let it return, or raise an error",
    ),
    "endless": (
        "endless or its gradient takes more than 3 s",
        "own_trouble.py, line 30",
        "look for an endless loop, or give it longer: --timeout 600",
    ),
    "huge": (
        "huge at its sizes: x would be an array of 100000 × 100000 = 10,000,000,000 entries",
        "own_trouble.py, line 49",
        'name its sizes by letters, or give small ones: --set N=4, --shape "x=N D"',
    ),
    "unshaped": (
        "nothing tells the shape of x",
        "own_trouble.py, line 69",
        'say x [N, D] in its docstring, or add --shape "x=N D"',
    ),
}


def test_the_others_are_checked_all_the_same():
    found = {o.name: o for o in check_file(FileRequest(TROUBLE, timeout=3))}
    assert list(found) == ["quits", "dies", "endless", "text", "huge", "chatty", "unshaped", "last"]
    assert {name: found[name].error for name in TOLD} == TOLD
    assert [name for name, outcome in found.items() if outcome.right] == ["chatty", "last"]
    assert found["text"].faults == ["text_backward gives no array of numbers by x, but str 'dy'"]
    assert found["chatty"].prints == ["x is here"]
    assert found["chatty"].warns == ["UserWarning: careful (own_trouble.py, line 61)"]
    assert found["last"].points and found["last"].checks[0].worst


SPY = """
import os, helper
def plain(x: "N"): return helper.twice(x)
def plain_backward(dy): return 2 * dy
def spies(x: "N"):
    open("PASSWORDS").read()
    return x
def spies_backward(dy): return dy
def spawns(x: "N"):
    os.fork()
    return x
def spawns_backward(dy): return dy
def crashes(x: "N"):
    import ctypes
    ctypes.string_at(0)
def crashes_backward(dy): return dy
"""


def test_in_a_sandbox_a_file_sees_its_neighbours_alone(tmp_path):
    secret = tmp_path / "passwords.txt"
    secret.write_text("open sesame")
    (tmp_path / "helper.py").write_text("def twice(x): return 2 * x")
    path = tmp_path / "layers.py"
    path.write_text(SPY.replace("PASSWORDS", str(secret)))
    try:
        found = {o.name: o for o in check_file(FileRequest(path, sandbox=True))}
    except DeltaruleError as error:
        pytest.skip(f"this machine has no layer that isolates: {error.fact}")
    assert found["plain"].right
    facts = {name: outcome.error[0] for name, outcome in found.items() if outcome.error}
    assert "FileNotFoundError: [Errno 2] No such file or directory" in facts["spies"]
    assert "Operation not permitted" in facts["spawns"]
    assert facts["crashes"] == "crashes or its gradient ended the program (signal 11: SIGSEGV)"


IMPORTS = [
    ("import os; os._exit(0)", "the file ended the program, with status 0 when it is imported"),
    ("import sys; sys.exit(3)", "it ends the program: sys.exit(3)"),
    ("import time; time.sleep(60)", "the file takes more than 3 s when it is imported"),
    ("1 / 0", "ZeroDivisionError: division by zero"),
    ("def f(x): return x", "no function in layers.py has a gradient"),
]


@pytest.mark.parametrize(("text", "fact"), IMPORTS)
def test_a_file_that_cannot_be_imported_is_told(tmp_path, text, fact):
    path = tmp_path / "layers.py"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        check_file(FileRequest(path, timeout=3))
    assert caught.value.fact == fact and caught.value.remedy
