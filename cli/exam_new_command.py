"""`deltarule exam new`: its options, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import SET, Asked, Row, beside, one_of, option, use


class NewExam(Asked):
    """Draw an exam: a paper for each student, on which every mistake shows."""

    words: Annotated[
        list[str] | None,
        beside("--ITS-OPTION VALUE", "With --network: options of the derivation.", names.tensors),
    ] = None
    like: Annotated[
        str | None, option("A sheet or an exam to draw variants of.", "NAME|FILE", names.sheets)
    ] = None
    network: Annotated[
        str | None, option("Or a derivation, all of it asked.", "NAME|FILE", names.like)
    ] = None
    set_: Annotated[list[str] | None, SET] = None
    ask: Annotated[
        list[str] | None, option("With --network: only this quantity. Repeatable.", "NAME")
    ] = None
    rate: Annotated[str | None, option("Update with this rate.", "RATE")] = None
    run_: Annotated[int | None, option("Which run of the sheet (1).", "N", least=1)] = None
    seed: Annotated[str | None, option("What papers are drawn from, for ever.", "TEXT")] = None
    students: Annotated[Path | None, option("A table of students (CSV).", "FILE")] = None
    count: Annotated[int | None, option("Or so many, numbered.", "N", least=1)] = None
    out: Annotated[Path | None, option("The folder to write (exam).", "FOLDER")] = None
    decimals: Annotated[
        int | None, option("Ask for so many decimals; else as few as tell.", "N", least=0)
    ] = None
    significant: Annotated[int | None, option("Or for so many figures.", "N", least=1)] = None
    rounding: Annotated[
        str | None,
        option(
            "half-up, half-even or truncate.", "RULE", one_of("half-up", "half-even", "truncate")
        ),
    ] = None
    ties: Annotated[bool, option("Ties and kinks are wanted, not avoided.")] = False
    allow_hidden: Annotated[
        bool, option("Take the best numbers even if they hide some mistakes.")
    ] = False


ROW = Row(
    NewExam,
    (
        use(
            "a new exam",
            ".cli.exam_new:show_new",
            "",
            "like network set ask rate run seed students count out decimals significant rounding "
            "ties allow-hidden",
        ),
    ),
    (
        ("deltarule exam new --like slide --seed 2026-17 --count 30 --out exam/", "thirty papers"),
        ("deltarule exam new --like exam.toml --seed 7 --students students.csv", "one for each"),
        ("deltarule exam new --network rnn --set T=2,N=1 --seed 7 --count 3", "of any derivation"),
    ),
    exclude=(("like", "network"), ("students", "count"), ("decimals", "significant")),
    needs=(
        ("ask", ("network",)),
        ("rate", ("network",)),
        ("set", ("network",)),
        ("run", ("like",)),
    ),
)
