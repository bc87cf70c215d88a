"""Files from somebody else run nothing, read nothing, and take neither time nor the screen."""

import json
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import deltarule
from deltarule.cli.programs import app
from deltarule.cli.screen import write, write_json
from deltarule.errors import DeltaruleError
from deltarule.marking import load_sheet, mark
from deltarule.spelling.visible import visible, visible_json

OPENED: list[str] | None = None
EVIL = "from pathlib import Path\nPath(__file__).with_name('PWNED').touch()\n"
SHEET = """\
title = "t"
network = "{network}"
optimiser = "{optimiser}"
rate = 1
[options]
layers = {layers}
batch = false
[given]
x = {x}
y = 1.0
Theta1 = [[{theta}, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[published]
yhat = {yhat}
"""
DEFAULT = {
    "network": "mlp",
    "optimiser": "gradient_descent",
    "layers": 2,
    "x": "[1.0, -0.5]",
    "theta": 1.2,
    "yhat": 0.63,
}


def _watch(event: str, arguments: tuple) -> None:
    if OPENED is not None and event in ("open", "exec", "import", "os.system", "subprocess.Popen"):
        OPENED.append(f"{event} {getattr(arguments[0], 'co_filename', arguments[0])}")


@pytest.fixture
def invoke(monkeypatch):
    """A command on a screen of some width: its status, and what it says."""

    def run(*words, width=80):
        monkeypatch.setenv("COLUMNS", str(width))
        if OPENED is not None:
            OPENED.clear()
        done = CliRunner().invoke(app, [str(word) for word in words])
        return SimpleNamespace(status=done.exit_code, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def opened():
    """What is opened, imported or executed from now on, but for Python's own and the library's."""
    global OPENED
    if not getattr(sys, "_deltarule_watched", False):  # an audit hook stays for ever
        sys.addaudithook(_watch)
        sys._deltarule_watched = True  # type: ignore[attr-defined]
    OPENED = []
    own = [
        *sysconfig.get_paths().values(),
        *(p for p in sys.path if p),
        sys.prefix,
        str(Path(deltarule.__file__).resolve().parents[2]),
    ]

    def strange() -> set[str]:
        files = [e.partition(" ")[2] for e in OPENED or [] if "/" in e or "\\" in e]
        return {f for f in files if not any(f.startswith(o) for o in own if o != "/")}

    yield strange
    OPENED = None


def sheet(folder: Path, **changed) -> Path:
    path = folder / "sheet.toml"
    path.write_text(SHEET.format(**{**DEFAULT, **changed}), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "evil.py").write_text(EVIL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("named", ["sheet.toml", "./sheet.toml", "{folder}/sheet.toml", "sheet"])
def test_answers_open_no_sheet_and_run_no_network(folder, invoke, opened, named, monkeypatch):
    monkeypatch.chdir(folder)
    sheet(folder, network="./evil.py", optimiser="./evil.py")
    named = named.format(folder=folder)
    answers = folder / "answers.toml"
    answers.write_text(f'sheet = "{named}"\n[answers]\nyhat = 0.63\n', encoding="utf-8")
    done = invoke("check", answers)
    assert done.status == 2
    assert "a file that somebody else names is not opened" in " ".join(done.err.split())
    assert opened() == {str(answers)}
    assert not (folder / "PWNED").exists()


def test_answers_to_a_sheet_that_the_marker_names(folder, invoke, opened):
    path, answers = sheet(folder), folder / "answers.toml"
    answers.write_text('sheet = "evil.toml"\n[answers]\nyhat = 0.63\n', encoding="utf-8")
    done = invoke("check", answers, "--sheet", path)
    assert done.status == 0, done.err
    assert opened() == {str(path), str(answers)}


@pytest.mark.parametrize("key", ["network", "optimiser"])
def test_a_sheet_handed_in_as_answers_runs_nothing(folder, invoke, opened, key):
    handed_in = sheet(folder, **{key: "./evil.py"})
    done = invoke("check", handed_in, "--sheet", "slide")
    assert done.status == 2
    assert "unknown key" in done.err
    assert opened() == {str(handed_in)}


@pytest.mark.parametrize("key", ["network", "optimiser"])
@pytest.mark.parametrize(
    "words",
    [
        ["{0}"],
        ["{0}", "--brief"],
        ["{0}", "{1}"],
        ["example", "{0}", "{1}"],
        ["{2}"],
        ["{0}", "--json", "{1}"],
    ],
)
def test_a_sheet_handed_in_runs_no_program(folder, invoke, opened, key, words):
    """Whatever is named by a glob, in a folder, or without saying that it is a sheet."""
    handed_in = sheet(folder, **{key: "./evil.py"})
    other = folder / "other.toml"
    other.write_text('sheet = "slide"\n[answers]\nyhat = 0.6\n', encoding="utf-8")
    done = invoke("check", *(word.format(handed_in, other, folder) for word in words))
    assert done.status == (2 if words in (["{0}"], ["{0}", "--brief"]) else 1)
    said = " ".join((done.out + done.err).split())
    assert "the sheet names a program, evil.py" in said
    assert "--brief" in words or "if you trust it: check example" in said
    assert not (folder / "PWNED").exists()
    # Of a folder the code is homework: it is read, and its definitions go into a sandbox.
    assert words == ["{2}"] or str(folder / "evil.py") not in opened()


@pytest.mark.parametrize("words", [["example", "{0}"], ["{1}", "--sheet", "{0}"]])
def test_a_sheet_that_the_marker_calls_a_sheet_runs_its_program(folder, invoke, words):
    own, answers = sheet(folder, network="./evil.py"), folder / "other.toml"
    answers.write_text("[answers]\nyhat = 0.6\n", encoding="utf-8")
    invoke("check", *(word.format(own, answers) for word in words))
    assert (folder / "PWNED").exists()


@pytest.mark.parametrize("key", ["network", "optimiser"])
def test_derivations_of_a_sheet_of_ones_own_lie_beside_it(folder, key):
    with pytest.raises(DeltaruleError):
        mark(sheet(folder, **{key: "evil.py"}))
    assert (folder / "PWNED").exists()


@pytest.mark.parametrize(
    ("program", "fact"),
    [
        ("raise SystemExit(0)", "the file ends the program"),
        ("class Own(BaseException): pass\nraise Own('x')", "Own: x"),
        ("raise ValueError('\x1b[31m')", "ValueError: \x1b[31m"),
    ],
)
def test_a_derivation_that_ends_the_program_is_an_error(tmp_path, invoke, program, fact):
    (tmp_path / "own.py").write_text(program, encoding="utf-8")
    path = sheet(tmp_path, network="./own.py")
    with pytest.raises(DeltaruleError) as caught:
        mark(path)
    assert caught.value.fact == fact
    done = invoke("check", "example", path)
    assert done.status == 2
    assert visible(done.err) == done.err


def test_examples_open_nothing_else(folder, invoke, opened):
    answers = folder / "answers.toml"
    answers.write_text('sheet = "slide"\n[answers]\nE = 0.07\n', encoding="utf-8")
    assert invoke("check", answers).status == 1
    assert opened() == {str(answers)}


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"layers": 1_000_000}, "layers = 1000000 is too large"),
        ({"layers": 10**30}, "layers = 10000000000000000000… is too large"),
        ({"layers": "[1, 2]"}, "layers = [1, 2] is not a whole number"),
        ({"layers": "{a = 1}"}, "layers = {'a': 1} is not a whole number"),
        ({"x": "[1e400, 1]"}, "'1e400' is beyond 10^300"),
    ],
)
def test_sheets_that_are_refused(tmp_path, changed, fact):
    with pytest.raises(DeltaruleError) as caught:
        mark(sheet(tmp_path, **changed))
    assert caught.value.fact == fact


@pytest.mark.parametrize(
    "changed",
    [
        {"x": "[1e100, 1e100]", "theta": "1e100"},
        {"x": "[-1e290, 1e290]", "theta": "1e290"},
        {"yhat": "1e1"},
        {"yhat": "1e290"},
        {"yhat": "1e-290"},
        {"theta": "1e-290"},
    ],
)
def test_numbers_of_any_size_get_a_verdict(tmp_path, changed):
    assert mark(sheet(tmp_path, **changed)).of == 1


STEERING = "\x1b]0;pwn\x07\x1b[31m\x00\u202eevil\u2066\x9b2J\r\u2028"


def test_what_steers_a_screen_is_written_out(folder, invoke):
    shown = visible(STEERING)
    assert shown == (r"\x1b]0;pwn\x07\x1b[31m\x00\u202eevil\u2066\x9b2J\x0d\u2028")
    who = json.dumps(STEERING)
    answers = folder / "answers.toml"
    answers.write_text(f'sheet = "slide"\nwho = {who}\n[answers]\nE = 0.07\n', encoding="utf-8")
    done = invoke("check", answers, width=200)
    assert shown in done.out
    assert visible(done.out) == done.out
    done = invoke("check", answers, "--json")
    assert visible(done.out) == done.out
    assert json.loads(done.out)["who"] == STEERING


@pytest.mark.parametrize(
    "text",
    [
        'title = {}\nnetwork = "mlp"\n[given]\nx = 1\n',
        'title = "t"\nnetwork = {}\n[given]\nx = 1\n',
        'title = "t"\nnetwork = "mlp"\n[given]\n{} = 1\n',
        "{} = 1\n",
        "sheet = {}\n[answers]\nE = 1\n",
        'sheet = "slide"\n[answers]\n{} = 1\n',
        'sheet = "slide"\n[answers]\nE = {}\n',
        'sheet = "slide"\n[formulas]\n"dE/ds2" = {}\n',
        'sheet = "slide"\n[formulas]\n{} = "y"\n',
    ],
)
def test_no_message_steers_the_screen(folder, invoke, text):
    path = folder / "\x1b[31m\u202e.toml"
    path.write_text(text.format(json.dumps(STEERING)), encoding="utf-8")
    done = invoke("check", path)
    assert done.status in (1, 2)
    assert "fault of its own" not in done.err
    assert visible(done.out + done.err) == done.out + done.err


def test_text_and_json_written_plainly(capsys):
    write(STEERING)
    write_json({"who": STEERING, "planes": "\U000e0041"})
    out = capsys.readouterr().out
    assert visible(out) == out
    assert visible_json('"\U000e0041"') == r'"\udb40\udc41"'


def test_what_a_sheet_says_of_itself_is_its_own(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text('title = "\\u202et"\nnetwork = "mlp"\n', encoding="utf-8")
    assert load_sheet(path).title == "\u202et"
