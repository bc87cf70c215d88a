"""What a command writes is signed, and overwrites nothing that somebody else wrote or changed."""

import io

import pytest

from deltarule.cli.formats import FORMATS
from deltarule.cli.rules import writing
from deltarule.cli.table import COMMANDS
from deltarule.signed_files import fingerprint, is_ours, signed, signed_bitmap, write_signed

#: Every format that goes to a file, in every command that shows something so; and the options that
#: write files themselves.
FILES = [
    (name, use, form)
    for name, row in COMMANDS.items()
    for use in row.uses
    for form in ("html", "svg", "png")
    if FORMATS[form].shows(use.shows)
]
OWN = {
    ("derive", "emit"): ("derive dense --emit {}", "kernels.py"),
    ("guide", "site"): ("guide --site {}", "pages/rules/chain_rule.html"),
    ("guide", "html"): ("guide --html {}", "pages/index.html"),
    ("exam paper", "out"): ("exam paper slide --out {}", "pages/paper.tex"),
    ("check class", "html"): ("check class x --sheet slide --html {}", "pages/index.html"),
    ("check class", "out"): ("check class x --sheet slide --out {}", "pages/marks.csv"),
}
#: Options that ask for a thing, and have a value.
VALUED = ("explain", "prove", "factor", "template", "export", "out", "site", "jacobian", "emit")


def refused(done, path) -> None:
    text = " ".join(done.err.split())
    assert done.status == 2 and f"{path.name} is there already, and " in text
    assert "is not as deltarule wrote it" in text or "no journal.sqlite of deltarule" in text
    assert text.endswith("or add --force") and path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("name", "use", "form"), FILES)
def test_no_command_overwrites_a_file_of_somebody_else(invoke, tmp_path, name, use, form):
    path = tmp_path / f"mine.{form}"
    if use.shows in FORMATS[form].folders:
        path = tmp_path / "index.html"
    path.write_text("mine", encoding="utf-8")
    asked = [f"--{use.asked_by[0]}"] if use.asked_by else []
    asked += ["x"] if asked and use.asked_by[0] in VALUED else []
    words = ["--sheet", "slide", "x"] if name == "check class" else []
    to = tmp_path if path.name == "index.html" else path
    refused(invoke(*name.split(), *words, *asked, f"--{form}", to, width=400), path)


@pytest.mark.parametrize(("name", "use", "form"), FILES)
def test_what_has_no_folder_is_refused_before_the_work(invoke, tmp_path, name, use, form):
    """The work is of nothing that there is, and is not begun."""
    if use.shows in FORMATS[form].folders:
        return
    path = tmp_path / "nowhere" / f"page.{form}"
    asked = [f"--{use.asked_by[0]}"] if use.asked_by else []
    asked += ["x"] if asked and use.asked_by[0] in VALUED else []
    done = invoke(*name.split(), *asked, f"--{form}", path, width=400)
    without_folder(done, path)


@pytest.mark.parametrize("command", ["derive dense --emit {}.py", "exam paper x --out {}.tex"])
def test_nor_is_an_option_that_writes_a_file(invoke, tmp_path, command):
    path = tmp_path / "nowhere" / "file"
    without_folder(invoke(*command.format(path).split(), width=400), path)


def without_folder(done, path) -> None:
    text = " ".join(done.err.split())
    assert done.status == 2 and f"there is no folder {path.parent} " in text
    assert text.endswith("make it, or name another file") and not path.parent.exists()


@pytest.mark.parametrize("of", OWN, ids=" ".join)
def test_nor_does_an_option_that_writes_files(invoke, tmp_path, of):
    command, name = OWN[of]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("mine", encoding="utf-8")
    to = tmp_path / name.split("/")[0]
    refused(invoke(*command.format(to).split(), width=400), path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_every_option_that_writes_files_is_among_these():
    assert {(name, o) for name, row in COMMANDS.items() for o in row.writes} <= OWN.keys()
    assert all("html" in writing(row) for row in COMMANDS.values())


@pytest.mark.parametrize("form", ["html", "svg", "png"])
def test_what_it_wrote_itself_is_overwritten_until_somebody_changes_it(invoke, tmp_path, form):
    if form == "png":
        pytest.importorskip("resvg_py", reason="bitmaps: '.[pictures]'")
    path = tmp_path / f"dense.{form}"
    for _ in range(2):
        assert invoke("derive", "dense", f"--{form}", path).status == 0
    data = path.read_bytes()
    assert is_ours(data)
    path.write_bytes(data.replace(b"d", b"e", 1))
    assert invoke("derive", "dense", f"--{form}", path).status == 2
    forced = invoke("derive", "dense", f"--{form}", path, "--force")
    assert forced.status == 0 and path.read_bytes() == data


def test_force_says_what_it_is_for(invoke):
    done = invoke("derive", "dense", "--force", width=400)
    assert "--force is for --emit, --html, --svg or --png alone" in done.err


def test_a_bitmap_with_a_signature_is_read_by_others():
    image = pytest.importorskip("PIL.Image", reason="a reader of PNG that is not ours")
    made = io.BytesIO()
    image.new("RGB", (2, 3), (1, 2, 3)).save(made, "PNG")
    data = signed_bitmap(made.getvalue())
    read = image.open(io.BytesIO(data))
    read.load()
    assert read.size == (2, 3) and read.info["Comment"].startswith("Written by deltarule")
    assert is_ours(data) and not is_ours(made.getvalue()) and not is_ours(data[:9] + data[10:])


@pytest.mark.parametrize("ending", [".py", ".tex", ".html", ".svg", ".md"])
def test_a_signature_is_of_all_that_stands_before_it(ending):
    text = signed("ü = 1\n", ending)
    assert is_ours(text) and is_ours(text.encode()) and text.startswith("ü = 1\n")
    for changed in (
        f" {text}",
        f"{text}#\n",
        text.replace("1", "2"),
        text[:-1],
        "",
        signed("")[2:],
    ):
        assert not is_ours(changed)
    assert not is_ours(b"\xff" + text.encode()) and fingerprint("a", "b") != fingerprint("ab")


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "real.html").write_text("mine", encoding="utf-8")
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    write_signed(tmp_path / "link.html", "<p>", force=True)
    assert (tmp_path / "link.html").is_symlink() and is_ours((tmp_path / "real.html").read_bytes())
