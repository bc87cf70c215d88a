"""Files with errors in them: one definition's error costs no other."""

import pytest

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading import RemarkKind, read_source, read_submission, understood_code
from deltarule.submissions.reading.parsed_blocks import blocks


def not_loaded(found):
    return [str(r) for r in found.remarks if r.kind is RemarkKind.NOT_LOADED]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("def f(x):\n    return (x\n", "line 5: '(' was never closed: close it, or take it out"),
        ("def f(x)\n    return x\n", "line 4: expected ':' in “def f(x)”: correct the line"),
        (
            "def f(x):\n    '''text\n    return x\n",
            "line 5: unterminated triple-quoted string literal",
        ),
        ("def f(x):\n\n", "line 4: a block has no body: write it, or pass"),
        ("def f(x):\n    s = 'abc\n    return x\n", "line 5: unterminated string literal"),
        (
            "def f(x):\n    return x\u00a0+ 1\n",
            "line 5: invalid non-printable character U+00A0: type the character again",
        ),
        (
            "def f(x):\n<<<<<<< HEAD\n    return x\n",
            "line 5: this is a mark of a merge that was not finished: keep one of the two versions",
        ),
        ("def f(x):\n    return " + "(" * 190 + "x" + ")" * 190 + "\n", None),
        ("def f(x):\n    return " + "x + " * 400 + "x\n", "line 5: it is nested too deeply"),
    ],
)
def test_one_broken_definition_costs_no_other(broken, sentence):
    before, after = "import numpy as np\ndef g(x):\n    return np\n", "def h(x):\n    return x\n"
    found = read_source((before + broken + after).encode(), "hw.py")
    assert {"g", "h"} <= set(found.definitions)
    said = not_loaded(found)
    if sentence is None:
        assert said == []
    else:
        assert len(said) == 1 and said[0].startswith(sentence), said


def test_blocks_begin_at_the_left_margin_outside_of_strings_and_brackets():
    text = (
        "x = '''\ndef not_one():\n'''\ny = [\n1,\n2\n]\n@d\n@e\ndef f():\n    pass\n# note\n"
        "if x:\n    pass\nelse:\n    pass\nz = 1 + \\\n2\n"
    )
    assert [b.first for b in blocks(text)] == [1, 4, 8, 13, 17]


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ("# coding: latin-1\ndef f():\n    return 'é'\n".encode("latin-1"), "é"),
        ("# -*- coding: gbk -*-\ndef f():\n    return '学'\n".encode("gbk"), "学"),
        ("\ufeffdef f():\n    return 'é'\n".encode(), "é"),
        ("def f():\r\n    return 'é'\r\n".encode(), "é"),
        ("def f():\r    return 'é'\r".encode(), "é"),
        ("def f():\n    return 'é'\n".encode("latin-1"), "é"),
        ("def f():\n    return 'é'\n".encode("utf-16"), "é"),
        ("# coding: no-such\ndef f():\n    return 'é'\n".encode(), "é"),
        ("# coding: unicode_escape\ndef f():\n    return 'é'\n".encode(), "é"),
        ("def f():\n    return 'é' \0\n\x1a".encode(), "é"),
    ],
)
def test_encodings_and_ends_of_lines(data, written):
    found = read_source(data, "hw.py")
    assert list(found.definitions) == ["f"] and f"return '{written}'" in found.text


def test_what_is_no_python_text_is_refused(tmp_path):
    for data, fact in [
        (b"PK\x03\x04...", "hw.py is an archive"),
        (b"%PDF-1.5", "hw.py is a PDF"),
        (b"x = 1\n" * 100_000, "hw.py is larger than 250 kB"),
    ]:
        path = tmp_path / "hw.py"
        path.write_bytes(data)
        with pytest.raises(DeltaruleError) as caught:
            read_submission(path)
        assert caught.value.fact == fact and caught.value.remedy
    for path, fact in [
        (tmp_path, "is not a regular file"),
        (tmp_path / "no\x1b[2J.py", "there is no file no\\x1b[2J.py"),
        ("no\0.py", "there is no file no\\x00.py"),
    ]:
        with pytest.raises(DeltaruleError, match=r".") as caught:
            read_submission(path)
        assert fact in caught.value.fact


def test_what_would_steer_a_screen_is_written_out():
    text = "import \u2066x\u2069\ndef f(x):\n    y = x \x1b[31m\u202e\n".encode()
    said = not_loaded(read_source(text, "hw\x1b.py"))
    assert said and all(ord(c) >= 32 and c not in "\u202e\u2066" for s in said for c in s)


HOSTILE = {
    "parentheses": "(" * 100_000,
    "powers": "x = " + "1**" * 60_000 + "1",
    "attributes": "a" + ".b" * 100_000,
    "comprehensions": "x = " + "[a for a in " * 60 + "b" + "]" * 60,
    "quotes": "'''" + "a" * 10 + "\n" * 100_000 + "def f(:\n" * 900,
    "names": "".join(f"def f{i}(): return f{i + 1}()\n" for i in range(900)),
    "one name": "def f(): return f()\n" * 900,
    "constants": "".join(f"x{i} = x{i + 1}\n" for i in range(900)) + "def f(): return x0\n",
}
MANY = {"one line": "x = 1;" * 4000, "broken": "x y\n" * 4000, "lines": "f()\n" * 4000}


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_that_take_parsers_long(name):
    read = read_source(HOSTILE[name].encode(), "hw.py")
    assert read.definitions or not_loaded(read) or not read.text.strip()


@pytest.mark.parametrize("name", MANY)
def test_too_many_statements_are_refused(name):
    with pytest.raises(DeltaruleError, match="4000 statements outside of functions"):
        read_source(MANY[name].encode(), "hw.py")


def test_a_file_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(understood_code, "_MOST_PARTS", 60)
    text = "def f(x):\n    return x +\n" + "def g(x):\n    return x + x + x\n" * 6
    with pytest.raises(DeltaruleError) as error:
        read_source(text.encode(), "own.py")
    assert error.value.fact == "it has more than 60 names, numbers and operations"
