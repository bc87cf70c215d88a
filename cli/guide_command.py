"""`deltarule guide`: its options."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, option, use


class ShowGuide(Asked):
    """Show a guide, or write all documentation as pages.

    Guides are for students, teachers, engineers and developers. The site has a page for each guide,
    derivation and rule, made from the sources that the commands use; it needs no server.
    """

    words: Annotated[
        list[str] | None, beside("[NAME]", "A guide; none: the list.", names.guides)
    ] = None
    site: Annotated[
        Path | None,
        option("The folder to write the site into; --html FOLDER is the same.", "FOLDER"),
    ] = None
    only: Annotated[
        list[str] | None,
        option("Of the derivations, these alone. Repeatable.", "NAME", names.derivations),
    ] = None

    def __init__(self, **given):
        super().__init__(**given)
        folder = self.file
        if folder is None or self.words or folder == Path("-"):
            return
        if folder.is_dir() or not folder.suffix:
            self.site, self.format, self.file = folder, "text", None


ROW = Row(
    ShowGuide,
    (
        use("a guide", ".cli.guide:show_guide", "", ""),
        use("a written site", ".cli.guide:show_site", "site", "only", words=False),
    ),
    (
        ("deltarule guide", "which guides there are"),
        ("deltarule guide before_an_exam", "one of them"),
        ("deltarule guide an_exam --html an_exam.html", "as a page"),
        ("deltarule guide --site docs/", "all documentation, with a search"),
    ),
    writes=("site",),
)
