"""Whatever is sent, from wherever: it does nothing, and it is said why."""

import html

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
    large = {"n.2.0": "1" * 1_000_000}
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
