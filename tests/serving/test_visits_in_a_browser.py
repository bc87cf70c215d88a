"""A whole student's visit and a whole teacher's, in a real Chromium, at a server with a port.

They need `pip install '.[serve,browser]'` and Debian's `chromium`; without them these tests say so.
"""

import re
import shutil
import threading
import time

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="pages in a browser: '.[browser]'")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: '.[browser]'")
uvicorn = pytest.importorskip("uvicorn", reason="deltarule serve: '.[serve]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="pages in a browser: chromium is not installed"),
]
#: What a page has to show may take so many milliseconds on a machine that does other things too.
PATIENCE = 60_000
playwright.expect.set_options(timeout=PATIENCE)
STUDENTS = "id,name\nemmy,Emmy Noether\nbo,Bo Li\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server that listens, and whose jobs are done in this process."""
    import socket

    from served import served_here

    from deltarule.serving.served_app import served_app

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    place = tmp_path_factory.mktemp("serve") / "state.sqlite"
    served = served_here(place, students=STUDENTS, port=port, reveal="right")
    server = uvicorn.Server(uvicorn.Config(served_app(served), log_level="error"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield served
    server.should_exit = True
    thread.join(60)
    served.attempts.close()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def enter(chromium, served):
    """Lets somebody in by their link; at the end nothing was said, and nothing asked elsewhere."""
    complaints, contexts = [], []

    def entered(who, width, scheme, refused=(), **more):
        viewport = {"width": width, "height": 900}
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        said = tuple(f"Failed to load resource: {r}" for r in refused)
        page.on(
            "console",
            lambda message: (
                (said and message.text.startswith(said)) or complaints.append(message.text)
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url))
        person = next(p for p in served.tokens.people if p.id == who)
        page.goto(served.link(person))
        return page

    yield entered
    for context in contexts:
        context.close()
    assert [c for c in complaints if not c.startswith(served.settings.address)] == []


def sound(page) -> None:
    """axe-core finds no violation, and the page is no wider than its window."""
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def follow(page, link: str) -> None:
    """Clicks a link and is on its page: what is read next is of that page."""
    with page.expect_navigation():
        page.get_by_role("link", name=link).click()


def test_a_students_visit(enter, served):
    page = enter("emmy", 360, "light")
    playwright.expect(page.get_by_text("not begun")).to_be_visible()
    assert "token" not in page.url
    sound(page)
    page.get_by_role("link", name="A 2-3-1 sigmoid network").click()
    page.get_by_role("link", name="To the answers").press("Enter")
    page.keyboard.press("Tab")
    playwright.expect(page.get_by_label("s₁[0]", exact=True)).to_be_focused()
    for k, number in enumerate(("0.02", "-0.05", "-0.12")):
        page.get_by_label(f"∂E/∂Θ₂[{k}]", exact=True).fill(number)
    page.get_by_label("s₂", exact=True).fill("0,51")
    preview = page.locator(".part", has=page.get_by_label("s₂", exact=True)).locator(".preview")
    playwright.expect(preview).to_have_text("0.51")
    page.get_by_label("formula for ∂E/∂ŷ").fill("yhat -")
    read = page.locator(".part", has=page.get_by_label("formula for ∂E/∂ŷ")).locator(".preview")
    playwright.expect(read).to_have_class("preview unread")
    page.get_by_label("formula for ∂E/∂ŷ").fill("yhat - y")
    playwright.expect(read).to_have_class("preview")
    playwright.expect(read.locator("math")).to_have_count(1)
    sound(page)
    page.get_by_role("button", name="Mark my answers").click()
    playwright.expect(page.locator("#outcome")).to_have_text("2 of 8 points")
    section = page.locator("section", has=page.get_by_label("∂E/∂Θ₂[0]", exact=True))
    playwright.expect(section).to_contain_text("✗ wrong")
    assert "weights where" not in section.inner_text()
    page.get_by_role("button", name="A hint").click()
    playwright.expect(section).to_contain_text("outer product of h₁ and ∂E/∂s₂")
    sound(page)
    page.get_by_role("button", name="More help").click()
    playwright.expect(section).to_contain_text("weights where activations belong")
    for k, number in enumerate(("-0.07", "-0.08", "-0.01")):
        page.get_by_label(f"∂E/∂Θ₂[{k}]", exact=True).fill(number)
    page.keyboard.press("Enter")
    playwright.expect(page.locator("#outcome")).to_have_text("3 of 8 points")
    assert served.attempts.counts("slide") == {"emmy": 2}


def test_an_exercise_is_posed_with_other_numbers_and_marked(enter, served):
    page = enter("bo", 800, "dark")
    page.get_by_role("link", name="A 2-3-1 sigmoid network").click()
    givens = page.locator(".givens").inner_text()
    follow(page, "Practise it with other numbers")
    assert "paper=~" in page.url and page.locator(".givens").inner_text() != givens
    page.get_by_label("s₂", exact=True).fill("77")
    page.get_by_label("formula for ∂E/∂ŷ").fill("yhat - y")
    page.keyboard.press("Enter")
    playwright.expect(page.locator("#outcome")).to_have_text("1 of 8 points")
    page.get_by_role("button", name="A hint").first.click()
    playwright.expect(page.locator("dt").first).to_have_text("hint")
    assert "paper=~" in page.url and page.get_by_label("s₂", exact=True).input_value() == "77"
    sound(page)
    before = page.url
    follow(page, "Other numbers")
    assert page.url != before and page.get_by_label("s₂", exact=True).input_value() == ""
    follow(page, "the sheet itself")
    assert page.locator(".givens").inner_text() == givens
    assert "bo" not in served.attempts.counts("slide")


HOSTILE = (
    "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
)


@pytest.mark.parametrize("script", [True, False])
def test_hostile_input_in_every_field_does_nothing(enter, served, script):
    """Nothing is run or asked for: `enter` sees every message, and every request."""
    kinds = set()
    for address in ("/sheet/slide", "/equations", "/teacher/paste", "/enter"):
        refused = (
            tuple(f"the server responded with a status of {n}" for n in (400, 403))
            if address != "/sheet/slide"
            else ()
        )
        page = enter("teacher", 800, "light", refused, java_script_enabled=script)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto(served.settings.address + address)
        fields = page.locator("main input:not([type=hidden]):not([type=radio]), main textarea")
        for field in fields.all():
            kinds.add(field.evaluate("e => e.tagName + (e.dataset.as ?? '')"))
            field.fill(HOSTILE)
        if script and address == "/sheet/slide":  # what is typed is read by now
            playwright.expect(page.locator(".preview.unread").first).to_be_visible()
            playwright.expect(page.locator(".preview:not(.unread)")).to_have_count(0)
        if script and address == "/equations":
            playwright.expect(page.locator("#derived").get_by_role("alert")).to_be_visible()
        with page.expect_navigation():
            page.locator("main form[method=post]").evaluate("form => form.requestSubmit()")
        assert page.locator("main img, main svg[onload], main script").count() == 0
        assert page.evaluate("document.querySelectorAll('[onerror], [onload]').length") == 0
    assert kinds == {"INPUTnumber", "INPUTformula", "INPUT", "TEXTAREA"}


def test_equations_appear_as_they_are_typed(enter):
    page = enter("emmy", 1400, "dark")
    page.get_by_role("link", name="Equations", exact=True).click()
    page.get_by_label("Equations", exact=True).fill("y = tanh(W x)\nE = ‖y − t‖²")
    derived = page.locator("#derived")
    playwright.expect(derived.get_by_role("heading", name="∂E/∂W")).to_be_visible()
    derived.locator("summary").first.click()
    playwright.expect(derived.locator("details li").first).to_be_visible()
    sound(page)
    page.get_by_label("Equations", exact=True).fill("y = tanh(W x")
    playwright.expect(derived.get_by_role("alert")).to_be_visible()
    page.get_by_label("Equations", exact=True).fill("y = <img src=x onerror=alert(1)>")
    playwright.expect(derived.get_by_role("alert")).to_be_visible()
    playwright.expect(derived.locator("img")).to_have_count(0)
    page.get_by_label("Equations", exact=True).fill("")
    playwright.expect(derived).to_be_empty()
    held = []  # the answer waits until the page was looked at
    page.route("**/equations", lambda route: held.append(route))
    with page.expect_request("**/equations"):
        page.get_by_label("Equations", exact=True).fill("y = sin(x)")
    playwright.expect(page.get_by_role("status")).to_have_text("deriving …")
    playwright.expect(derived).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    playwright.expect(derived.get_by_role("heading", name="∂L/∂x")).to_be_visible()
    playwright.expect(derived).to_have_attribute("aria-busy", "false")


def test_a_server_that_is_silent_is_told_and_what_is_typed_is_kept(enter, served):
    page = enter("emmy", 800, "light")
    before = served.attempts.counts("slide").get("bo", 0)
    address = served.settings.address + "/sheet/slide"
    page.goto(address)
    field, alarm = page.get_by_label("s₂", exact=True), page.get_by_role("alert")
    assert alarm.count() == 0
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')) }")
    field.fill("0.51")
    playwright.expect(alarm).to_contain_text("The server does not answer.")
    page.get_by_role("button", name="Mark my answers").click()
    sound(page)
    assert page.url == address and field.input_value() == "0.51"
    assert served.attempts.counts("slide").get("bo", 0) == before
    page.reload()
    playwright.expect(alarm).to_contain_text("stands in the fields again")
    assert field.input_value() == "0.51"
    with page.expect_navigation():
        page.get_by_role("button", name="Mark my answers").click()
    assert re.fullmatch(rf"{address}\?after=\d+#outcome", page.url)
    page.goto(address)
    assert alarm.count() == 0 and field.input_value() == "0.51"


def test_a_server_that_ends_while_answers_are_sent_loses_nothing(enter, served):
    """Before it has them the page stays; when it has them they are there when it is again."""
    page = enter("emmy", 800, "light", ("net::ERR_FAILED",))
    address = served.settings.address + "/sheet/slide"
    page.goto(address)
    field, alarm = page.get_by_label("s₂", exact=True), page.get_by_role("alert")
    send = page.get_by_role("button", name="Mark my answers")
    page.route("**", lambda route: route.abort())
    field.fill("0.512")
    send.click()
    playwright.expect(alarm).to_contain_text("The server does not answer.")
    assert page.url == address and field.input_value() == "0.512"
    page.unroute("**")
    # It is asked every five seconds whether it is there.
    playwright.expect(alarm).to_contain_text("What you typed was not sent")
    page.route("**/sheet/slide?after=*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        send.click()
    page.unroute("**/sheet/slide?after=*")
    page.goto(address)
    assert field.input_value() == "0.512" and alarm.count() == 0
    newest = served.attempts.newest("emmy", "slide")
    assert newest.typed["n.2.0"] == "0.512" and newest.marking is not None


def test_a_teachers_visit(enter, served):
    if not served.attempts.counts("slide"):
        student = enter("emmy", 800, "light", java_script_enabled=False)
        student.get_by_role("link", name="A 2-3-1 sigmoid network").click()
        student.get_by_label("s₂", exact=True).fill("0.51")
        with student.expect_navigation():
            student.get_by_role("button", name="Mark my answers").click()
    page = enter("teacher", 1400, "dark")
    there = playwright.expect
    page.get_by_role("link", name="Teacher").click()
    page.get_by_role("link", name="The students' links").click()
    there(page.locator("code")).to_have_count(2)
    page.get_by_role("link", name="Teacher").click()
    page.get_by_role("link", name="the class").click()
    there(page.get_by_text("1 student sent nothing: Bo Li")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Emmy Noether").first.click()
    there(page.get_by_text("Feedback for Emmy Noether")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Teacher").click()
    page.get_by_role("link", name="remarks and identifiability").click()
    there(page.get_by_text("Nothing is wrong.")).to_be_visible()
    page.get_by_role("link", name="the table").click()
    there(page.get_by_text("141 of 180 mistakes show").first).to_be_visible()
    sound(page)
