"""`check`: its options, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import REVEAL, Asked, Row, beside, one_of, option, use


class Check(Asked):
    """Check homework: students' code, function by function, and printed numbers and formulas."""

    words: Annotated[
        list[str] | None,
        beside(
            "FILE.py … | FILE.toml … | FOLDER | example NAME",
            "Students' code (FILE.py, FILE.ipynb), which runs in a sandbox; somebody's answers, or "
            "a sheet, whose published values are marked; several, or all in a folder. A program "
            "that a sheet names, a derivation of its own, is run only for example FILE.toml and "
            "for --sheet.",
            names.checked,
        ),
    ] = None
    sheet: Annotated[str | None, option("What the answers are to.", "SHEET", names.sheets)] = None
    brief: Annotated[bool, option("Of several files, a line each and the totals.")] = False
    only: Annotated[
        str | None,
        option(
            "Of code: functions by parts of their names, as 'conv and not naive'.",
            "WORDS",
            also="-k",
        ),
    ] = None
    convention: Annotated[
        str | None,
        option(
            "The course whose functions they are, or your own file; else the one that knows "
            "most of them.",
            "NAME|FILE",
            names.conventions,
        ),
    ] = None
    conventions: Annotated[
        bool, option("The courses that are known; of one that is named, its functions.")
    ] = False
    function: Annotated[
        list[str] | None,
        option("With --like: a function of any name; again for one that takes its cache.", "NAME"),
    ] = None
    like: Annotated[
        str | None,
        option("With --function: the derivation that it is to be like.", "DERIVATION", names.like),
    ] = None
    map_: Annotated[
        list[str] | None, option("With --like: what a name means: --map dout=dy.", "NAME=MEANING")
    ] = None
    returns: Annotated[
        str | None, option("With --like: what the last function returns.", "dx,dw,…")
    ] = None
    accept: Annotated[
        str | None,
        option(
            "Verdicts that pass besides right (follows): follows, convention, changes, partly, "
            "unfinished, or none.",
            "VERDICT,…",
            one_of("follows", "convention", "changes", "partly", "unfinished", "none"),
        ),
    ] = None
    junit: Annotated[
        Path | None, option("Write JUnit's XML there; - is standard output.", "FILE")
    ] = None
    watch: Annotated[
        bool, option("Check again whenever a file of code is saved; Ctrl-C ends it.")
    ] = False
    timeout: Annotated[
        float | None, option("Seconds for each call of a student's function (10).", "S", least=0.1)
    ] = None
    compat: Annotated[
        bool,
        option("Translate Python 2, and put back what NumPy has no more, which the report says."),
    ] = False
    with_: Annotated[
        list[Path] | None,
        option("Another file that the code may import; or a folder of them.", "FILE|FOLDER"),
    ] = None
    unsafe: Annotated[
        bool,
        option(
            "Where no sandbox can be made: run the code by process limits alone. It may read "
            "what you may."
        ),
    ] = False
    template: Annotated[
        str | None, option("An empty answers file for a sheet.", "SHEET", names.sheets)
    ] = None
    run_: Annotated[int | None, option("With --template: which run of the sheet.", "N")] = None
    output: Annotated[
        Path | None,
        option(
            "Where to write the template, or the export (a folder for several).", "FILE", also="-o"
        ),
    ] = None
    export: Annotated[
        str | None,
        option(
            "One student's marks for another system: gradescope, prairielearn, lti, junit, …; all "
            "files named are theirs.",
            "FORMAT,…",
            names.exports,
        ),
    ] = None
    who: Annotated[
        list[str] | None,
        option("With --export: what the student is called; again for another name.", "NAME"),
    ] = None
    students: Annotated[
        Path | None, option("With --export: the students, as a system's CSV lists them.", "FILE")
    ] = None
    reveal: Annotated[str | None, REVEAL] = None


#: The options about students' code.
OF_CODE = "only convention accept junit watch timeout compat with unsafe function like map returns"

ROW = Row(
    Check,
    (
        use(
            "marks for another system",
            ".cli.check_export:show_exported",
            "export",
            "sheet output who students reveal",
        ),
        use("an answers file", ".cli.check:show_template", "template", "run output", words=False),
        use("the list of conventions", ".cli.conventions:show_conventions", "conventions"),
        use("a line for each file", ".cli.check:show_brief", "brief", f"sheet {OF_CODE}"),
        use("a marking", ".cli.check:show_check", "", f"sheet {OF_CODE}"),
    ),
    (
        ("check layers.py", "a student's functions, in a sandbox"),
        ("check layers.py -k conv", "some of them"),
        ("check my.py --function conv_back --like conv2d", "a function of any name"),
        ("check class/ --brief --junit results.xml", "all of a class, for a grader too"),
        ("check --conventions cs231n", "which functions a course has"),
        ("check example slide", "the published values of an example"),
        ("check --template slide > mine.toml", "an empty answers file"),
        ("check mine.toml", "your answers"),
        ("check example own.toml", "a sheet of your own, and the program that it may name"),
        ("check class/ --sheet exam.toml --brief", "all answers in a folder"),
        ("check mine.toml --sheet exam.toml --export gradescope", "results.json for a grader"),
        ("check gradient conv --stride 2", "the gradients of a layer"),
    ),
    exclude=(
        ("watch", "sheet"),
        ("watch", "junit"),
        ("like", "convention"),
        ("like", "only"),
        ("like", "sheet"),
        ("like", "brief"),
    ),
    needs=(
        ("function", ("like",)),
        ("like", ("function",)),
        ("map", ("like",)),
        ("returns", ("like",)),
        ("who", ("export",)),
        ("students", ("export",)),
        ("reveal", ("export",)),
    ),
    wrong="something is not right, or some of several files could not be read",
)
