"""Files that are no TOML: each fault is named with its line, and with the line put right."""

import tomllib

import pytest

from deltarule.errors import DeltaruleError
from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.sheet_files.toml_faults import fault_of

CURLY = 'curly quotes stand where straight ones " belong'
NAME = "a name with /, [, blanks or Greek letters has no quotes"
LIST = "a list stands in [ ], not in ( ) or { }"
COMMAS = "the entries of a list are parted by commas"
NUMBER, TEXT = "a number that is not plain has no quotes", "a text has no quotes"
TABLE = "the name of a table stands in [ ] on a line of its own"
#: A line, what is wrong with it, and the line put right.
LINES = [
    ("E: 0.07", "a colon stands where = belongs", "E = 0.07"),
    ("E := 0.07", ":= stands where = belongs", "E = 0.07"),
    ("E ≈ 0.07", "≈ stands where = belongs", 'E = "~0.07"'),
    ("E = “0.07”", CURLY, 'E = "0.07"'),
    ("E = ‘0.07’", CURLY, "E = '0.07'"),
    ('"dE/ds2": “(ŷ – y)·ŷ”', f"{CURLY}; a colon stands where = belongs", '"dE/ds2" = "(ŷ – y)·ŷ"'),
    ("x = (1, 2)", LIST, "x = [1, 2]"),
    ("x = {0.1, 0.2}", LIST, "x = [0.1, 0.2]"),
    ("x = np.array([1, 2])", LIST, "x = [1, 2]"),
    ("x = (0,5; 0,7)", f"{LIST}; {COMMAS}", "x = [0.5, 0.7]"),
    ("x = [0,5 0,7]", COMMAS, "x = [0.5, 0.7]"),
    ("x = [0.1; 0.2]", COMMAS, "x = [0.1, 0.2]"),
    ("x = [0.1, , 0.2]", COMMAS, 'x = [0.1, "", 0.2]'),
    ("h1 = 0.79, 0.92", "the numbers of a list stand in [ ]", "h1 = [0.79, 0.92]"),
    ("x = [1, 2", "[ and ] do not pair", "x = [1, 2]"),
    ("x = [[1, 2], [3, 4]]]", "[ and ] do not pair", "x = [[1, 2], [3, 4]]"),
    ("E = 0,07", "a decimal comma has no quotes", "E = 0.07"),
    ("E = .07", "a digit belongs on both sides of the point", "E = 0.07"),
    ("E = 1.", "a digit belongs on both sides of the point", 'E = "1."'),
    ("E = 007.5", "a number begins with zeros", "E = 7.5"),
    ("E = –0.07", "a dash – stands where a minus - belongs", "E = -0.07"),
    ("x = [−0.1, 2]", "a dash − stands where a minus - belongs", "x = [-0.1, 2]"),
    ("E = ~0.07", NUMBER, 'E = "~0.07"'),
    ("E = 62.5%", NUMBER, 'E = "62.5%"'),
    ("E = 3/4", NUMBER, 'E = "3/4"'),
    ("E = 1 234,5", NUMBER, 'E = "1 234,5"'),
    ("x = [.1, 62%]", NUMBER, 'x = [".1", "62%"]'),
    ("who = Emmy N.", TEXT, 'who = "Emmy N."'),
    ("E = ?", TEXT, 'E = "?"'),
    ('E = "0.07', "a quote is not closed", 'E = "0.07"'),
    ('E = 0.07"', "a quote is not closed", 'E = "0.07"'),
    ("E =", "nothing stands behind the name", 'E = ""'),
    ("E = None", "a word of another language stands here", 'E = ""'),
    ("E = 0.07;", "something stands behind the value", "E = 0.07"),
    ("E = 0.07 y = 1", "two things stand on one line", "E = 0.07\ny = 1"),
    ("∂E/∂Θ₂ = 1", NAME, '"∂E/∂Θ₂" = 1'),
    ("h1[0] = 1", NAME, '"h1[0]" = 1'),
    ("Theta2 after = 1", NAME, '"Theta2 after" = 1'),
    ("[answers", TABLE, "[answers]"),
    ("answers:", TABLE, "[answers]"),
    ("[answers] E = 1", TABLE, "[answers]\nE = 1"),
    ("// E", "a comment begins with #", "# E"),
    ("```toml", "a fence of Markdown is no TOML", ""),
    (
        'f = "\\sigma(s)"',
        "a backslash means something else between double quotes",
        "f = '\\sigma(s)'",
    ),
    ("E\u00a0= 1", "U+00A0 (no-break space) stands where a blank belongs", "E = 1"),
    ("E = \u200b1", "U+200B (zero width space), which cannot be seen, stands here", "E = 1"),
    (
        "E ＝ 1",
        "U+FF1D (fullwidth equals sign) stands where an ordinary character belongs",
        "E = 1",
    ),
]


def fault(text):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return fault_of(text, caught.value)


@pytest.mark.parametrize("around", [("", ""), ("a = 1\n[t]\nb = [\n 1,\n]\n", "\nz = 1\n")])
@pytest.mark.parametrize(("line", "fact", "corrected"), LINES)
def test_the_line_the_fact_and_the_line_put_right(line, fact, corrected, around):
    found = fault(around[0] + line + around[1])
    assert (found.fact, found.corrected) == (fact, corrected)
    assert found.line == around[0].count("\n") + 1
    tomllib.loads(found.corrected or "")


@pytest.mark.parametrize(
    ("text", "line", "fact", "example"),
    [
        ("E = 1\nE = 2\n", 2, "E stands twice, first in line 1", "leave one of them out"),
        (
            "[a]\nb = 1\n[a]\nc = 1\n",
            3,
            "[a] stands twice, first in line 1",
            "put its lines under the first one",
        ),
        (
            "x = [[1, 2],\n [3, 4]\ny = 2\n",
            2,
            "the list that begins in line 1 is not closed",
            "write [3, 4]]",
        ),
        ("x = [[1 2]\n [3 4]]\n", 1, COMMAS, "write x = [[1, 2], [3, 4]]"),
        (
            '{"E": 1}',
            1,
            "this is JSON, or a dictionary of Python, and not TOML",
            'write lines such as yhat = 0.62, h1 = [0.79, 0.92] and "dE/dTheta2" = "3/4"',
        ),
    ],
)
def test_faults_of_several_lines(text, line, fact, example):
    found = fault(text)
    assert (found.line, found.fact, found.example) == (line, fact, example)


def test_a_sheet_is_refused_with_the_line(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text('title = "t"\nnetwork = "mlp"\n[given]\nx = (1, 2)\n', encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load_sheet(path)
    assert caught.value.fact == f"not TOML: {LIST}"
    assert str(caught.value.place).endswith("t.toml, line 4: x = (1, 2)")
    assert caught.value.remedy == "write x = [1, 2]"


ANSWERS = """\
sheet = “slide”
colour = "red"
[answers]
E: 0.07
s1 = (1.35, 2.45, –1.65)
h1 = [.79, 92%, ?]
s2 = 0.51
s2 = 0.52
foo = 3
"x /" = 2
"dE/ds1" = [[1, 2], [3]]
"dE/dTheta2" = [0.1, 0.2]
[formulas]
dE/ds2 = "(yhat - y) yhat (1 - yhat)"
"dE/dyhat" = 5
"""


def test_what_is_clear_is_read_and_the_rest_costs_only_itself(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(ANSWERS, encoding="utf-8")
    read = load_answers(path)
    marking = mark("slide", read)
    assert [note.partition(":")[0] for note in read.notes] == [
        "line 1 (sheet = “slide”)",
        "line 4 (E",
        "line 5 (s1 = (1.35, 2.45, –1.65))",
        "line 6 (h1 = [.79, 92%, ?])",
        'line 14 (dE/ds2 = "(yhat - y) yhat (1 - yhat)")',
        "line 2",
    ]
    found = {(v.quantity, v.index): v.verdict for v in marking.verdicts}
    assert {k for k, v in found.items() if v == "could not read"} == {
        ("h1", (2,)),
        ("s2", None),
        ("foo", None),
        ("x /", None),
        ("dE/ds1", None),
        ("dE/dTheta2", None),
        ("dE/dyhat", None),
    }
    assert sum(v.right for v in marking.verdicts) == 4
    why = {v.quantity: v.finding for v in marking.verdicts}
    assert why["s2"] == "s2 stands twice, first in line 7 (line 8): leave one of them out"
    assert why["foo"].startswith("mlp has no quantity foo")


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"PK\x03\x04" + b"\0" * 99, "a Word document, or another archive, not plain text"),
        (b"%PDF-1.7", "a PDF, not plain text"),
        (b"{\\rtf1", "a document in rich text (RTF)"),
        (b"\xff\x00\x01", "not UTF-8 text"),
        (b"E = 1\n\xe9 = 2", "not UTF-8 text"),
        (b"#" * 500_001, "larger than 500 kB"),
    ],
)
def test_files_that_are_no_text(tmp_path, data, fact):
    path = tmp_path / "a.toml"
    path.write_bytes(data)
    with pytest.raises(DeltaruleError) as caught:
        load_answers(path)
    assert fact in caught.value.fact


@pytest.mark.parametrize(
    "text", ["\ufeff[answers]\r\nE = 1\r\n", "[answers]\rE = 1\r", "[answers]\n\tE\t=\t1\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_marks_of_byte_order_ends_of_lines_and_tabs(tmp_path, text, encoding):
    path = tmp_path / "a.toml"
    path.write_bytes(text.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding))
    assert str(load_answers(path).values["E"]) == "1"


@pytest.mark.parametrize("line", ["a." * 200_000 + "a = 1", "[" + "a." * 100_000 + "a]"])
def test_names_with_many_dots(tmp_path, line):
    path = tmp_path / "a.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load_answers(path)
    assert caught.value.fact == "names with many dots in them"


@pytest.mark.parametrize("last", ['"a" = [-0.1, -0.2}', "a = [[0.1 0.2]", "a = (0.1", "a = '"])
def test_a_list_that_is_open_where_the_file_ends(tmp_path, last):
    path = tmp_path / "a.toml"
    path.write_text(f"[answers]\nE = 1\n{last}", encoding="utf-8")
    answers = load_answers(path)
    assert str(answers.values["E"]) == "1" and (answers.notes or answers.unread)
