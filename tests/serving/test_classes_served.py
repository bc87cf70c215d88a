"""A class: papers of their own, exams of all kinds of questions, what the teacher sees."""

import re

import pytest
from exam_texts import EXAM
from parsed_html import Parsed

from deltarule.exams.variant_files import exam_for
from deltarule.marking.sheet_files.sheets import found_sheet
from deltarule.marking.worked_sheets import work

STUDENTS = "id,name\nemmy,Emmy Noether\nbo,Bo Li\n"


@pytest.fixture
def drawn(tmp_path):
    """An exam with papers of two students, who have other inputs each."""
    folder = tmp_path / "exam"
    (folder / "variants").mkdir(parents=True)
    slide = found_sheet("slide")[0].read_text(encoding="utf-8").partition("[restated]")[0]
    asked = "[published]\ns1 = [0.10, 0.10, 0.10]\nh1 = [0.10, 0.10, 0.10]\n"
    (folder / "exam.toml").write_text(f"{slide}{asked}", encoding="utf-8")
    for who, x in (("emmy", "[1.0, 0.5]"), ("bo", "[-0.5, 1.0]")):
        own = f"{slide}{asked}".replace("x = [1.0, -0.5]", f"x = {x}")
        (folder / f"variants/{who}.toml").write_text(own, encoding="utf-8")
    return folder


def test_each_student_has_their_own_numbers(serving, drawn):
    from served import OfServer, Visitor

    served = serving(str(drawn), students=STUDENTS)
    right = {}
    for who in ("emmy", "bo"):
        (worked,) = work(exam_for(drawn, who).sheet, checks=False)
        right[who] = [f"{float(v):.2f}" for v in worked.trace.by_name["s1"].exact]
    assert right == {"emmy": ["1.05", "1.75", "1.65"], "bo": ["-0.90", "-1.75", "-0.45"]}
    for who, other in (("emmy", "bo"), ("bo", "emmy")):
        student = Visitor(served, who)
        given = student.get("/sheet/exam").text
        assert "✓ right" in student.post("/sheet/exam", _numbers(right[who])).text
        assert "✓ right" not in student.post("/sheet/exam", _numbers(right[other])).text
        assert given.partition("Given")[2] != Visitor(served, other).get("/sheet/exam").text
    teacher = Visitor(served, "teacher")
    OfServer(teacher.get("/teacher/class/exam").text)
    text = Parsed(teacher.page.text).text
    assert "2 submissions" in text and "Emmy Noether" in text and "Bo Li" in text


def test_an_attempt_that_could_not_be_marked_hides_no_earlier_one(serving):
    from served import OfServer, Visitor

    served = serving(students=STUDENTS)
    student = Visitor(served, "emmy")
    student.get("/sheet/slide")
    student.post("/sheet/slide", {"n.2.0": "0.51"})
    lost = served.attempts.begin("emmy", "slide", "", {"n.2.0": "0.5"})
    served.attempts.mark(lost, None, "a fault")
    teacher = Visitor(served, "teacher")
    OfServer(teacher.get("/teacher/class/slide").text)
    text = Parsed(teacher.page.text).text
    assert "1 submission" in text and "a fault" in text
    assert "What was sent last is not marked, and what was sent before counts: Emmy" in text


def _numbers(values):
    return {f"n.0.0.{k}": value for k, value in enumerate(values)}


def test_questions_of_every_kind(serving, tmp_path):
    from served import OfServer, Visitor

    (tmp_path / "exam.toml").write_text(EXAM, encoding="utf-8")
    served = serving(str(tmp_path / "exam.toml"))
    student = Visitor(served)
    student.get("/sheet/exam")
    OfServer(student.page.text)
    assert "is not run here" in student.page.text and student.page.text.count('"radio"') == 3
    h1, formula = ("0.79", "0.92", "0.16"), "h1^T (yhat - y) yhat (1 - yhat)"
    answers = {**_numbers(h1), "n.0.1": "0.62", "f.1.0": formula, "t.3.0": "2416", "t.5.0": "b"}
    answers["c.4.0"] = "import os; os._exit(1)"
    student.post("/sheet/exam", answers)
    (last,) = served.attempts.last_of_each("exam")
    points = {(m.question, m.quantity): (m.points, m.verdict) for m in last.marking.marks}
    assert points["1a", "h1"][1] == "right" and points["1b", "dE/dTheta2"][1] == "right"
    assert points["2", ""][1] == "right" and points["4", ""][0] == 0
    assert points["3", ""][1] == "missing"  # the code is not even kept: nothing runs here
    assert "checked" in student.page.text and "os._exit" not in student.page.text


@pytest.mark.slow
def test_remarks_and_what_the_numbers_let_one_see(serving):
    from served import OfServer, Visitor

    teacher = Visitor(serving())
    text = Parsed(teacher.get("/teacher/sheet/slide").text).text
    assert "Nothing is wrong." in text and "mistakes show" not in text
    page = teacher.get("/teacher/sheet/slide/identifiability")  # one second of CPU
    OfServer(page.text)
    text = Parsed(page.text).text
    assert page.path == "/teacher/sheet/slide" and "141 of 180 mistakes show" in text
    assert "in ŷ, s₂ is taken as it is after the update already" in text
    assert page.text.count("<tr>") > 180  # every mistake in every quantity


def test_nobody_without_a_paper_is_given_anothers(serving, drawn):
    from served import Visitor

    served = serving(str(drawn), students=f"{STUDENTS}cy,Cy Young\n")
    page = Visitor(served, "cy").get("/sheet/exam")
    assert page.status == 400 and "there is no paper of cy" in page.text


def test_whoever_is_alone_picks_a_paper(serving, drawn):
    from served import OfServer, Visitor

    alone = Visitor(serving(str(drawn)))
    OfServer(alone.get("/sheet/exam?paper=bo").text)
    assert '<option value="bo" selected>bo</option>' in alone.page.text
    sent = _numbers(("-0.90", "-1.75", "-0.45"))
    page = alone.post("/sheet/exam?paper=bo", sent)
    assert "✓ right" in page.text and "selected>bo<" in page.text
    assert "-1.75" not in alone.get("/sheet/exam?paper=emmy").text
    assert "the specimen</option>" in alone.get("/sheet/exam?paper=../../etc/passwd").text
    page = alone.post("/sheet/exam", sent)
    assert "✗" in page.text and '<option value="" selected>' in page.text


SHEET = """title = "<b>Mine</b>"
network = "dense"
[given]
x = [[1, 2]]
W = [[1, 0], [0.5, 1]]
b = [0, 0]
"dL/dy" = [[1, 2]]
[published]
y = [[2, 2]]
"""


@pytest.mark.slow
def test_a_sheet_that_is_being_written_is_looked_at(serving, tmp_path):
    from served import OfServer, Visitor

    program = tmp_path / "own.py"
    program.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="utf-8")
    teacher = Visitor(serving())
    teacher.get("/teacher/paste")
    page = teacher.post("/teacher/paste", {"sheet": SHEET.replace("\n", "\r\n")})
    assert "\\x0d" not in page.text  # line ends as a browser sends them
    OfServer(page.text)
    assert "mistakes show" in page.text and "<b>Mine" not in page.text
    page = teacher.post("/teacher/paste", {"sheet": SHEET.replace("dense", "dennse")})
    assert "✗ error" in page.text and "did you mean" in page.text
    assert "✗ error" in teacher.post("/teacher/paste", {"sheet": "title = "}).text
    named = str(program)
    for other in (named, named.replace("/", "\\u002f"), "../own.py"):
        for key in ("network", "optimiser"):
            text = f'title = "T"\nnetwork = "dense"\n{key} = "{other}"\n'
            text = text.replace('network = "dense"\nnetwork', "network")
            page = teacher.post("/teacher/paste", {"sheet": f"{text}[given]\nx = [[1]]\n"})
            assert page.status == 400 and "names a file" in page.text
    assert not (tmp_path / "ran").exists()


def test_each_field_says_what_it_is_for(serving):
    from served import OfServer, Visitor

    page = Visitor(serving("mazur")).get("/sheet/mazur").text  # three runs, entries asked apart
    OfServer(page)
    labels = re.findall(
        r'<input name="[nf][^>]*aria-label="([^"]+)" data-as="(\w+)" (data-run[^>]*)', page
    )
    assert len(labels) == 50 and len(labels) == len({*labels})
    assert page.count("The learning rate is 0.5.") == 1 and "2: after one update" in page
    for section in re.findall("<section.*?</section>", page, re.S):
        assert section.count('class="part"') == 1 or 'class="label"' in section


@pytest.mark.slow
def test_entries_that_are_asked_apart_have_verdicts(serving):
    from served import Visitor

    student = Visitor(serving("mazur"))
    student.get("/sheet/mazur")
    sent = {"n.0.0": "0.3775", "n.10.0": "0.055399425", "n.10.1": "5", "n.16.0": "0.291027924"}
    page = student.post("/sheet/mazur", sent)
    sections = re.findall("<section.*?</section>", page.text, re.S)
    assert "✓ right" in sections[0] and "not answered" in sections[1]
    said = re.findall(r'class="verdict \w+">(\S)', sections[10])  # ∂E_o[0]/∂h₁[0], ∂E_o[1]/∂h₁[0]
    assert said == ["✓", "✗"] and "✗" in sections[16]  # the second run's E, which is its own
    assert page.text.count('class="said"') == len(sections) + 1 - 2  # of the third run nothing
