"""A teacher's word wins, and a class as the command shows it."""

import json
from fractions import Fraction

import pytest
from handed_in import folder
from marked_class import marked

from deltarule.classes.overrides import Override, Overrides, add_overrides, load_overrides
from deltarule.errors import DeltaruleError


def test_a_teacher_wins_and_is_never_overwritten(place, shared):
    path = place / "marks/overrides.csv"
    path.parent.mkdir()
    add_overrides(
        path,
        [
            Override("ed", "yhat", "", Fraction(1, 3), "=see, me"),
            Override("ed", "", comment="come by"),
            Override("flo", "E", points=Fraction(1)),
            Override("emmy", "s3", points=Fraction(1)),
            Override("emmy", "s2", points=Fraction(4)),
            Override("nobody", "s2", comment="?"),
        ],
    )
    add_overrides(
        path, [Override("emmy", "E", points=Fraction(0)), Override("ed", "", "", None, "!")]
    )
    kept = path.read_text()
    overrides = load_overrides(path)
    found, _, _ = marked(place, shared, overrides=overrides)
    assert path.read_text() == kept
    (mark,) = [m for m in found["ed"].marks if m.question == "yhat"]
    assert (mark.points, mark.marked, mark.comment) == (Fraction(1, 3), 0, "=see, me")
    assert (found["ed"].points, found["ed"].comment) == (Fraction(1, 3), "!")
    assert (found["flo"].points, found["flo"].open) == (1, 2)
    assert found["emmy"].points == 4 + 1 + 0
    said = [note.partition(": ")[2] for note in found["emmy"].notes]
    assert said == [
        "there is no question 's3'; the questions are s2, yhat, E",
        "4 points of 1 for s2",
    ]
    assert Overrides(overrides).strangers(set(found)) == [
        f"{path}, line 6: there is no submission of 'nobody'"
    ]
    assert "=see, me" in (place / "marks/feedback/ed.md").read_text().replace("\\", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,question\nemmy,1a\n", "line 2"),
        ("who,points\nemmy,1\n", "who,question,quantity,points,comment"),
        ("who,question,points\nemmy,1a,lots\n", "'lots' is not a number"),
        ("who,question,points\nemmy,1a,-1\n", "points are 0 or more"),
    ],
)
def test_overrides_that_decide_nothing_are_refused(tmp_path, text, said):
    folder(tmp_path, {"overrides.csv": text})
    with pytest.raises(DeltaruleError) as error:
        load_overrides(tmp_path / "overrides.csv")
    assert said in str(error.value)


def test_json_of_a_class(place, shared, monkeypatch):
    from click.testing import CliRunner

    from deltarule.cli import check_class
    from deltarule.cli.programs import app

    monkeypatch.setattr(check_class, "_marks", lambda asked: shared)
    words = ["check", "class", str(place / "in"), "--sheet", str(place / "exam.toml"), "--json"]
    words += ["--out", str(place / "m"), "--export", "canvas", "--override", "ed E 1 'by hand'"]
    done = CliRunner().invoke(app, words)
    values = json.loads(done.stdout)
    assert done.exit_code == 1 and values["submissions"] == 7 and values["right"] == 3
    assert {u["who"] for u in values["unmarked"]} == {"flo", "gus"}
    by_name = {s["who"]: s for s in values["students"]}
    assert by_name["ed"]["points"] == "1" and (place / "m/exports/canvas.csv").exists()
    text = CliRunner().invoke(app, [*words[:5], "--out", str(place / "m"), "--brief"]).stdout
    assert "7 submissions: 3 all right, 2 not all right, 2 could not be marked" in text
    assert "0 submissions marked now" in text
    refused = CliRunner().invoke(app, ["check", "class", str(place / "in")])
    assert refused.exit_code == 2 and "no exam is named" in refused.stderr


def test_more_points_than_there_are_is_said():
    found = Overrides([Override("emmy", "1a", points=Fraction(9), place="--override")])
    assert found.above({"1a": Fraction(2)}) == ["--override: emmy gets 9 of 2 points for 1a"]
    assert found.above({"1a": Fraction(9)}) == found.above({}) == []
