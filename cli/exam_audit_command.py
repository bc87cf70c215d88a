"""`deltarule exam audit`: its options."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, option, use


class AuditExam(Asked):
    """Say which mistakes a sheet's numbers cannot show, and which change mends that."""

    words: Annotated[
        list[str] | None, beside("SHEET", "An example, a sheet or an exam.", names.sheets)
    ] = None
    run_: Annotated[int | None, option("Only this run of the sheet.", "N", least=1)] = None
    decimals: Annotated[int | None, option("As if so many decimals were asked.", "N", least=0)] = (
        None
    )


ROW = Row(
    AuditExam,
    (use("an audit of a sheet", ".cli.exam_audit:show_audit", "", "run decimals"),),
    (
        ("deltarule exam audit slide", "what its two decimals hide"),
        ("deltarule exam audit exam.toml --decimals 4", "and with four"),
    ),
    wrong="other numbers, or more digits, would show more mistakes",
)
