"""`deltarule serve`: its options, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import REVEAL, Asked, Row, beside, option, use


class Serve(Asked):
    """Serve pages: answers are typed and marked, equations derived, and a class looked at."""

    words: Annotated[
        list[str] | None,
        beside(
            "SHEET …",
            "Examples, sheets, or folders of exam new, where students have papers of their own "
            "(all examples): the derivations that they name are run.",
            names.sheets,
        ),
    ] = None
    students: Annotated[
        Path | None,
        option(
            "A class: each student of this CSV file has a link, and so has the teacher.", "FILE"
        ),
    ] = None
    state: Annotated[
        Path | None, option("Where attempts are kept (deltarule-serve.sqlite).", "FILE")
    ] = None
    reveal: Annotated[str | None, REVEAL] = None
    links: Annotated[bool, option("Show all links, and begin nothing.")] = False
    port: Annotated[int, option("Where (8765); 0 for any that is free.", "N", least=0)] = 8765
    host: Annotated[
        str,
        option("For whom: this machine alone (127.0.0.1), or its network (0.0.0.0).", "ADDRESS"),
    ] = "127.0.0.1"
    name: Annotated[
        list[str] | None, option("Another name by which browsers may call it. Repeatable.", "HOST")
    ] = None
    https: Annotated[bool, option("What stands before it speaks HTTPS.")] = False
    jobs: Annotated[
        int | None, option("Processes that mark side by side (one a processor).", "N", least=1)
    ] = None
    sandbox: Annotated[bool, option("Run students' code, in a sandbox.")] = False


_TAKES = "students state reveal port host name https jobs sandbox"
ROW = Row(
    Serve,
    (
        use("links to a server", ".cli.serve:show_links", "links", _TAKES),
        use("a server", ".cli.serve:serve_pages", "", _TAKES),
    ),
    (
        ("deltarule serve", "all examples, for oneself"),
        ("deltarule serve slide sheet.toml", "two sheets"),
        ("deltarule serve exam/ --students students.csv", "a class, with papers of their own"),
        ("deltarule serve exam/ --students students.csv --links --json", "the links, for a mailer"),
    ),
)
