"""A student's visit without a script: a sheet, answers, verdicts, help."""

import asyncio
import re
import time
from urllib.parse import urlencode

import pytest
from parsed_html import Parsed

from deltarule.marking.sheet_files.sheets import found_sheet
from deltarule.serving.help_ladder import rungs

WRONG = {"n.6.0.0": "0.02", "n.6.0.1": "-0.05", "n.6.0.2": "−0,12"}
SENT = {"n.0.0.0": "1.35", "n.0.0.1": "2.45", "n.0.0.2": "-1.65", "f.5.0": "yhat - y", **WRONG}


def test_a_whole_visit(serving):
    from served import OfServer, Visitor

    served = serving()
    student = Visitor(served)
    assert student.get("/").status == 200 and "not begun" in student.page.text
    page = student.get("/sheet/slide")
    OfServer(page.text)
    assert page.text.count('inputmode="text"') == 16 and "Θ" in Parsed(page.text).text
    page = student.post("/sheet/slide", SENT)
    OfServer(page.text)
    assert page.path == "/sheet/slide"
    text = Parsed(page.text).text
    assert "2 of 8 points" in text and text.count("✓ right") == 2 and "✗ wrong" in text
    assert 'value="−0,12"' in page.text  # what was typed stands there again
    assert "weights where activations belong" not in text and "−0.07" not in text
    assert "2 of 8 points" in student.get("/").text


def test_fields_are_described_by_how_they_are_read_and_by_their_verdicts(serving):
    from served import Visitor

    student = Visitor(serving())
    page = student.get("/sheet/slide").text
    skip = re.search(r'<a class="skip" href="#(\w+)">', page)
    assert (
        skip and f'<form method="post" action="/sheet/slide" class="answers" id="{skip[1]}"' in page
    )
    page = student.post("/sheet/slide", SENT).text
    fields = re.findall(r'<input name="([nf]\.[^"]*)"[^>]* aria-describedby="([^"]*)"', page)
    assert len(fields) == page.count("data-as=") >= len(SENT)
    for name, described in fields:
        read, *verdicts = described.split()
        assert f'<output class="preview" id="{read}"' in page
        assert verdicts or name not in SENT
        for verdict in verdicts:
            assert page.count(f' id="{verdict}"') == 1


def test_sheets_of_one_title_are_told_apart(serving, tmp_path):
    from served import Visitor

    (tmp_path / "second.toml").write_text(
        found_sheet("slide")[0].read_text(encoding="utf-8"), "utf-8"
    )
    visitor = Visitor(serving("slide", str(tmp_path / "second.toml"), "mazur"))
    for address in ("/", "/teacher"):
        titles = re.findall(r"<bdi>(.*?)</bdi>", visitor.get(address).text)
        assert len(set(titles)) == len(titles) >= 3, titles
        assert sum(title.endswith(" (second)") for title in titles) == 1


def test_half_the_points_of_numbers_or_a_formula_are_said(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    numbers = {"n.6.0.0": "-0.07", "n.6.0.1": "-0.08", "n.6.0.2": "-0.01"}
    page = student.post("/sheet/slide", {**numbers, "f.6.0": "(yhat - y) h1"})
    said = "0.5 of 1 point: half each for the numbers and the formula: 0.5 for the numbers, 0 for "
    assert said + "the formula" in Parsed(page.text).text
    page = student.post("/sheet/slide", {**numbers, "f.6.0": "(yhat - y) yhat (1 - yhat) h1"})
    assert "half each" not in page.text


@pytest.mark.slow
def test_what_a_sheet_leaves_open_is_said_before_it_is_answered(serving):
    from served import Visitor

    student = Visitor(serving("slide", "mazur"))
    said = "The sheet leaves open whether Θ₁[0,2] is 1.5 or −1.5: answers from either count."
    assert said in Parsed(student.get("/sheet/slide").text).text
    assert "leaves open" not in student.get("/sheet/mazur").text
    exercise = student.get("/sheet/slide/exercise").text
    assert "leaves open" not in exercise and "Given" in exercise


def test_hints_come_first_then_the_cause_and_the_right_value_last(serving):
    from served import Visitor

    served = serving()
    student = Visitor(served)
    student.get("/sheet/slide")
    student.post("/sheet/slide", SENT)
    seen = []
    while found := re.search(r'name="help" value="([^"]+)"', student.page.text):
        student.post("/sheet/slide/help", {**SENT, "help": found[1], "n.2.0": "0.51"})
        seen = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", student.page.text, re.S)
    assert [name for name, _ in seen] == list(rungs("numbers", "right"))
    assert [name for name, _ in seen][::4] == ["hint", "right is"]
    assert "weights where activations belong" in seen[1][1] and "−0.07" in seen[4][1]
    assert 'value="0.51"' in student.page.text  # nor is lost what was typed meanwhile
    assert served.attempts.helped("slide") == {"me": 5}


def test_how_it_is_read_is_shown_while_it_is_typed(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    token = student.form_token

    def read(**fields):
        fields = {"run": "1", **fields}
        return student.post("/sheet/slide/read", fields, token=token).json()

    assert "<mn>1.350</mn>" in read(quantity="s1", text="1,350", **{"as": "number"})["html"]
    assert "<mfrac>" in read(quantity="s1", text="1/3", **{"as": "number"})["html"]
    formula = read(quantity="dE/dTheta2", text="h1^T (yhat - y)", **{"as": "formula"})["html"]
    assert formula.count("<math") == 1 and "<mi>h</mi>" in formula
    assert "that is a formula" in read(quantity="s1", text="x+y", **{"as": "number"})["unread"]
    assert "unread" in read(quantity="s1", text="x +", **{"as": "formula"})
    assert read(quantity="s1", text=" ", **{"as": "formula"}) == {"html": ""}
    # As they are marked, of the shapes that the sheet prints: there E is of one output.
    assert "<msup>" in read(quantity="E", text="1/2 (y - yhat)^2", **{"as": "formula"})["html"]
    assert "vector of H1" in read(quantity="E", text="h1/2", **{"as": "formula"})["unread"]


def test_equations_are_derived_with_every_step(serving):
    from served import OfServer, Visitor

    student = Visitor(serving())
    student.get("/equations")
    page = student.post("/equations", {"equations": "y = tanh(W x)\r\nE = ‖y − t‖²", "wrt": "W"})
    OfServer(page.text)
    text = Parsed(page.text).text
    assert "\\x0d" not in text
    assert "chain rule" in text and "Every step was checked" in text
    assert page.text.count("<details>") == 1 and "y = tanh(W x)" in text
    page = student.post("/equations", {"equations": "y = tanh(W x", "wrt": ""})
    assert page.status == 400 and 'role="alert"' in page.text
    page = student.post("/equations", {"equations": "y = W x", "shapes": "q=3"})
    assert "gives no tensor a shape" in page.text


@pytest.mark.slow
def test_an_exercise_has_numbers_of_its_own_and_does_not_count(serving):
    from served import OfServer, Visitor

    served = serving("slide", students="id,name\nemmy,Emmy\nbo,Bo\n")
    emmy, bo, teacher = (Visitor(served, who) for who in ("emmy", "bo", "teacher"))
    page = emmy.get("/sheet/slide/exercise")
    OfServer(page.text)
    address = re.search(r'action="(/sheet/slide\?paper=~(\d{5}))"', page.text)
    assert "Other numbers" in page.text and "2.45" not in Parsed(page.text).text
    exam = served.exams["slide"].exam(f"~{address[2]}")
    right = f"{round_half_up(*exam.sheet.runs, 's2')}"
    page = emmy.post(address[1], {"n.2.0": right, "n.3.0": "99"})
    text = Parsed(page.text).text
    assert "1 of 8 points" in text and text.count("✓ right") == 1 and text.count("✗ wrong") == 1
    assert 'value="99"' in page.text
    help = re.search(r'name="help" value="([^"]+)"', page.text)[1]
    page = emmy.post(f"/sheet/slide/help?paper=%7E{address[2]}", {"help": help})
    assert "<dt>hint</dt>" in page.text and "Other numbers" in page.text
    read = {"run": "1", "as": "formula", "quantity": "s2", "text": "Theta2^T h1"}
    assert "<math" in emmy.post(f"/sheet/slide/read?paper=%7E{address[2]}", read).json()["html"]
    assert 'value="99"' not in bo.get(address[1]).text and served.attempts.counts("slide") == {}
    assert "not begun" in emmy.get("/").text and "✓" not in emmy.get("/sheet/slide").text
    assert "Emmy" not in Parsed(teacher.get("/teacher/class/slide").text).text.split("nothing")[0]


def round_half_up(run, quantity):
    """The right value of a quantity, in the digits that are asked."""
    from deltarule.exams.paper import matrix_line, right_matrices
    from deltarule.marking.run_computations import run_computation

    computation = run_computation(run, (quantity,), {})
    (line,) = map(matrix_line, right_matrices(quantity, computation, run.rounding))
    return line.split("=")[-1].strip()


def test_what_is_no_exercise_is_the_sheet(serving):
    from served import Visitor

    student = Visitor(serving("slide"))
    for paper in ("~1", "~1234567", "~abcde", "~١٢٣٤٥", "../~12345", "~12345%0a", "%00"):
        page = student.get(f"/sheet/slide?paper={paper}")
        assert page.status == 200 and "Practise it with other numbers" in page.text
    assert student.get("/sheet/nothing/exercise").status == 404


@pytest.mark.slow
def test_pages_of_one_student_that_are_open_at_once_lose_nothing(serving):
    """Of each field: what was shown, what another page sent, what this page sends, what is kept."""
    from served import Visitor

    cases = {
        "n.2.0": ("", "0.51", "", "0.51"),  # left empty here, answered there
        "n.3.0": ("", "", "0.62", "0.62"),  # answered here
        "n.4.0": ("0.08", "0.07", "0.08", "0.07"),  # corrected there
        "f.5.0": ("y", "yhat", "yhat - y", "yhat - y"),  # changed in both: what is sent last
        "n.0.0.0": ("1", "1", "", ""),  # emptied here
        "n.0.0.1": ("2", "", "2", ""),  # emptied there
    }
    shown, there, here, kept = (
        {name: row[k] for name, row in cases.items() if row[k]} for k in range(4)
    )
    for paper in ("", "/exercise"):
        served = serving()
        one, other = Visitor(served), Visitor(served)
        address = re.search(r'action="([^"]+)"', one.get(f"/sheet/slide{paper}").text)[1]
        one.post(address, shown)
        number = re.search(r'name="shown" value="(\d+)"', one.page.text)[1]
        assert number != "0" and "merged" not in other.get(address).text
        other.post(address, {**there, "shown": number})
        page = one.post(address, {**here, "shown": number})
        newest = int(re.search(r'name="shown" value="(\d+)"', page.text)[1])
        assert served.attempts.attempt(newest).typed == kept
        assert "Answers were sent from another page" in page.text
        # Whoever asks for help on an older page keeps what is typed there, and what is newer.
        help = f"{number}.{first_wrong(served, int(number))}"
        ask = address.replace("slide", "slide/help")
        page = one.post(ask, {**shown, "n.6.0.0": "5", "help": help, "shown": number})
        draft = served.attempts.draft(served.attempts.attempt(newest))
        assert draft == {**kept, "n.6.0.0": "5"} and "sent from another page" in page.text
        # A number that is nobody's, or no number, changes nothing.
        for wrong in ("99999", "²", "-1", "x"):
            page = one.post(address, {**here, "shown": wrong})
            assert "sent from another page" not in page.text


def first_wrong(served, number):
    """The place of the first answer that is wrong in an attempt."""
    marks = served.attempts.attempt(number).marking.marks
    return next(k for k, mark in enumerate(marks) if not mark.right)


def test_what_is_too_long_is_said_with_its_length_before_and_after_it_is_sent(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    token, number = student.form_token, {"run": "1", "quantity": "s2", "as": "number"}
    for length in (2001, 5000, 20_001):
        said = student.post("/sheet/slide/read", {**number, "text": "1" * length}, token=token)
        assert f"{length} characters" in said.json()["unread"]
        sent = student.post("/sheet/slide", {"n.2.0": "1" * length}, token=token)
        assert f"{length} characters" in Parsed(sent.text).text


def test_of_two_pages_that_are_sent_at_one_instant_nothing_is_lost(serving, monkeypatch):
    """Each takes what the other sends, whichever is first, though both are read before either is
    written.
    """
    from served import Visitor

    served = serving()
    pages = [Visitor(served), Visitor(served)]
    for page in pages:
        page.get("/sheet/slide")
    begin = served.attempts.begin
    monkeypatch.setattr(served.attempts, "begin", lambda *of: time.sleep(0.05) or begin(*of))

    async def both():
        own = ({"n.2.0": "0.51"}, {"n.3.0": "0.62"})
        form = {"content_type": "application/x-www-form-urlencoded"}
        bodies = [
            urlencode({"form_token": page.form_token, "shown": "0", **typed}).encode()
            for page, typed in zip(pages, own, strict=True)
        ]
        asked = zip(pages, bodies, strict=True)
        return await asyncio.gather(*(p._asked("POST", "/sheet/slide", b, form) for p, b in asked))

    answers = asyncio.run(both())
    assert [a.status for a in answers] == [303, 303]
    newest = served.attempts.newest("me", "slide")
    assert newest.id == 2 and newest.typed == {"n.2.0": "0.51", "n.3.0": "0.62"}
    assert sorted("merged=1" in a.headers["location"] for a in answers) == [False, True]


def test_a_script_is_told_where_to_go_on(serving):
    """By an address that differs from that of the page in more than its part."""
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    first = student.post("/sheet/slide", {"n.2.0": "9", "shown": "0"}, accept="application/json")
    assert first.json() == {"to": "/sheet/slide?after=1#outcome"}
    student.get("/sheet/slide?after=1")
    helped = student.post(
        "/sheet/slide/help", {"help": "1.2", "shown": "1"}, accept="application/json"
    )
    assert helped.json()["to"].startswith("/sheet/slide?after=1.2.0#q")
