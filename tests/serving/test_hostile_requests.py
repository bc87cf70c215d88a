"""Whatever is sent, from wherever: it does nothing, and it is said why."""

import html
import re

import pytest

SCRIPT = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'\x1b[31m\u202e"
STUDENTS = "id,name\nemmy,<b>Emmy</b>\nbo,Bo Li\n"


@pytest.fixture
def class_of_two(serving):
    return serving("slide", students=STUDENTS)


def inert(page) -> None:
    """The page is whole, and what was typed is text in it."""
    from served import OfServer

    OfServer(page.text)
    assert "<script>alert" not in page.text and "<img" not in page.text
    assert "\x1b" not in page.text and "\u202e" not in page.text and "<b>Emmy" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


def test_markup_in_every_field_is_text(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    fields = [f"{kind}.{q}.0{place}" for q in range(8) for kind, place in (("n", ".0"), ("f", ""))]
    page = student.post("/sheet/slide", dict.fromkeys([*fields, "n.2.0", "zz.0", "n.99.0"], SCRIPT))
    assert page.status == 200 and "could not be read" in page.text
    inert(page)
    assert html.escape("<script>alert(1)</script>") in page.text
    for address in ("/", "/teacher/class/slide", "/teacher/class/slide/1", "/teacher"):
        inert(student.get(address))
    student.get("/equations")
    for name in ("equations", "wrt", "shapes"):
        page = student.post("/equations", {"equations": "y = W x", "wrt": "", name: SCRIPT})
        assert page.status == 400
        inert(page)


def test_names_of_students_are_text(class_of_two):
    from served import Visitor

    emmy, teacher = Visitor(class_of_two, "emmy"), Visitor(class_of_two, "teacher")
    emmy.get("/sheet/slide")
    inert(emmy.post("/sheet/slide", {"n.2.0": "0.51"}))
    for address in ("/teacher/links", "/teacher/class/slide", "/teacher/class/slide/1"):
        page = teacher.get(address)
        inert(page)
        assert "&lt;b&gt;Emmy" in page.text


def test_another_host_is_refused(serving):
    from served import Visitor

    served = serving()
    for host in ("evil.example", "127.0.0.1:1", "127.0.0.1.evil.example:8765", "", "é"):
        page = Visitor(served, None, host).get("/")
        assert page.status == 421 and "not called so" in page.text and len(page.text) < 100
    assert Visitor(served, None, "LOCALHOST:8765").get("/").status == 200


def test_nobody_gets_in_without_a_token_and_no_form_from_elsewhere_does_anything(class_of_two):
    from served import Visitor

    served = class_of_two
    stranger = Visitor(served, None)
    assert "Your token" in stranger.get("/sheet/slide").text
    assert stranger.post("/sheet/slide", {"n.2.0": "1"}, token="x").status == 403
    assert stranger.get("/enter?token=AAAAAAAAAAAAAAAAAAAAAAAAAA").status == 403
    bo, emmy = Visitor(served, "bo"), Visitor(served, "emmy")
    bo.get("/sheet/slide")
    foreign = bo.form_token
    emmy.get("/sheet/slide")
    own = emmy.form_token
    sent = {"n.2.0": "0.51"}
    assert emmy.post("/sheet/slide", sent, token=foreign).status == 403
    assert emmy.post("/sheet/slide", sent, token="").status == 403
    assert emmy.post("/sheet/slide", sent, token=own, origin="http://evil.example").status == 403
    assert emmy.post("/sheet/slide", sent, token=own, sec_fetch_site="cross-site").status == 403
    assert emmy.post("/sheet/slide", sent, token=own, content_type="text/plain").status == 415
    assert served.attempts.counts("slide") == {}
    assert emmy.post("/sheet/slide", sent, token=own).status == 200
    assert served.attempts.counts("slide") == {"emmy": 1}


def test_behind_https_forms_come_from_there(serving):
    from served import Visitor

    served = serving(secure=True, names=("marking.example.org",))
    student = Visitor(served, host="marking.example.org")
    student.get("/sheet/slide")
    token, sent = student.form_token, {"n.2.0": "0.51"}
    for origin in ("http://marking.example.org", "https://evil.example", "null"):
        assert student.post("/sheet/slide", sent, token=token, origin=origin).status == 403
    own = "https://marking.example.org"
    assert student.post("/sheet/slide", sent, token=token, origin=own).status == 200


def test_a_student_is_no_teacher_and_no_other_student(class_of_two):
    from served import Visitor

    emmy, bo = Visitor(class_of_two, "emmy"), Visitor(class_of_two, "bo")
    emmy.get("/sheet/slide")
    emmy.post("/sheet/slide", {"n.2.0": "0.77"})
    assert "help" in emmy.page.text and "0.77" in emmy.page.text
    assert "0.77" not in bo.get("/sheet/slide").text
    token = bo.form_token
    for help in ("1.2", "1.0", "1.99", "x", "", "1e3.2", "9" * 40 + ".2"):
        page = bo.post("/sheet/slide/help", {"help": help}, token=token)
        assert page.status == 404 and "no such answer of yours" in page.text
    teacher = Visitor(class_of_two, "teacher")
    for address in ("", "/links", "/class/slide", "/class/slide/1"):
        assert emmy.get(f"/teacher{address}").status == 404
        assert teacher.get(f"/teacher{address}").status == 200
    assert emmy.get("/teacher/sheet/slide").status == 404


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fetc%2Fpasswd", "/etc/passwd", "slide.toml", "SLIDE", "%00", "a" * 5000, "é"]
)
def test_a_path_in_the_name_of_a_sheet_names_nothing(class_of_two, name):
    from served import Visitor

    teacher = Visitor(class_of_two, "teacher")
    for address in ("/sheet", "/teacher/sheet", "/teacher/class"):
        page = teacher.get(f"{address}/{name}")
        assert page.status == 404 and "root:" not in page.text
        inert(page)


def test_too_much_is_not_read(serving):
    from served import Visitor

    served = serving()
    student = Visitor(served)
    student.get("/sheet/slide")
    token = student.form_token
    large = {"n.2.0": "1" * 3_000_000}
    assert student.post("/sheet/slide", large, token=token).status == 413
    unsaid = student.post("/sheet/slide", large, token=token, content_length="")
    assert unsaid.status == 413  # nor where no length is said
    lying = student.post("/sheet/slide", large, token=token, content_length="10")
    assert lying.status == 413
    many = {f"n.{k}": "1" for k in range(5000)}
    assert student.post("/sheet/slide", many, token=token).status == 400
    assert served.attempts.counts("slide") == {}
    student.get("/equations")
    assert "more than 2000" in student.post("/equations", {"equations": "x" * 3000}).text


#: Every form with its fields, and what else has to be sent with it.
FORMS = {
    "/sheet/slide": (("n.2.0", "f.6.0"), {}),
    "/sheet/slide/help": (("n.2.0", "f.6.0"), {"help": "1.0"}),
    "/equations": (("equations", "wrt", "shapes"), {"equations": "y = W x", "wrt": "W"}),
    "/teacher/paste": (("sheet",), {}),
}


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("size", [300_000, 1_000_000])
def test_what_is_too_long_for_a_field_is_said_above_it_and_stands_there_again(
    serving, address, size
):
    from served import Visitor

    served = serving()
    student = Visitor(served)
    page = address.removesuffix("/help")
    student.get(page)
    student.post("/sheet/slide", {"n.2.0": "0.77"}, token=student.form_token)
    own = ("the field for s₂", "the formula for ∂E/∂Θ₂")
    fields, others = FORMS[address]
    for k, name in enumerate(fields):
        student.get(page)
        typed = "x" * size
        found = student.post(address, {**others, name: typed})
        if address == "/teacher/paste":
            assert found.status == 200 and "error" in found.text
        else:
            assert found.status == 400
            fact, place, *remedy = said_in(found)
            assert "characters in" in fact and remedy
            assert place == (own[k] if "sheet" in address else "the equations")
        assert typed in found.text
        inert(found)
    assert served.attempts.counts("slide") == {"me": 1}
    assert served.attempts.helped("slide") == {}


def said_in(page):
    """The fact, the place and the remedy of a refusal."""
    (alert,) = re.findall(r'role="alert">(.*?)</section>', page.text, re.S)
    return [html.unescape(re.sub("<[^>]*>", "", p)) for p in re.findall(r"<p.*?</p>", alert, re.S)]


@pytest.mark.parametrize("address", FORMS)
def test_what_is_more_than_is_read_is_refused_with_a_page_and_a_line_for_scripts(serving, address):
    from served import Visitor

    student = Visitor(serving())
    student.get(address.removesuffix("/help"))
    token, (fields, others) = student.form_token, FORMS[address]
    for length in ({}, {"content_length": ""}, {"content_length": "10"}):
        sent = {**others, fields[0]: "x" * 3_000_000}
        page = student.post(address, sent, token=token, **length)
        assert page.status == 413
        assert said_in(page) == [
            "more than 2000 kB are not read at once",
            "what was sent",
            "go back and send less: a field takes numbers or a formula, a sheet what one file "
            "holds",
        ]
        inert(page)
        line = student.post(address, sent, token=token, accept="application/json", **length)
        assert line.status == 413 and line.headers["content-type"].startswith("text/plain")
        assert line.text.startswith("more than 2000 kB are not read at once: go back")


def test_every_refusal_of_a_limit_is_a_page_with_a_fact_a_place_and_a_remedy():
    from deltarule.serving import request_limits
    from deltarule.serving.refused_requests import refusal

    for made in (
        request_limits.too_large,
        request_limits.too_often,
        request_limits.too_many_wait,
        request_limits.too_slow,
        request_limits.superseded,
    ):
        error = made()
        assert error.fact and error.place and error.remedy
        page = refusal(error, 400, "text/html")
        assert error.remedy in bytes(page.body).decode()
        line = bytes(refusal(error, 400, "application/json").body).decode()
        assert line == f"{error.fact}: {error.remedy}\n"


def test_who_sends_much_waits_sooner():
    from deltarule.serving.request_guard import Allowance

    few, many = Allowance(10, 1), Allowance(10, 1)
    assert [few.takes("a", 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert [many.takes("a", 0.0, many=4) for _ in range(3)] == [True, True, False]
    assert many.takes("a", 2.0, many=4) and not many.takes("a", 2.0)


def test_who_asks_too_often_waits(serving):
    from served import Visitor

    student = Visitor(serving(), None)
    found = {student.get("/favicon.ico").status for _ in range(300)}
    assert found == {200, 429}


def test_tokens_cannot_be_tried_one_after_the_other(serving):
    from served import Visitor

    served = serving()
    tried = Visitor(served, None)
    found = [tried.get(f"/enter?token={'A' * 25}{k:X}").status for k in range(30)]
    assert found[:20] == [403] * 20 and found[20:] == [429] * 10
