"""The table of formats for other systems: what each is called, and the function that makes it.

A format of one student gives a text for a marking; a format of a course gives the lines of one file
for all of them. `exporting.py` writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from deltarule.errors import DeltaruleError, did_you_mean


@dataclass(frozen=True)
class ExportFormat:
    """One format: its title, the ending of its files, and the place of its function.

    With `each` there is a file for each student, and the function takes one marking; else it takes
    all. Both take an ExportSetting too.
    """

    title: str
    ending: str
    place: str
    each: bool = False

    @property
    def function(self) -> Callable:
        """The function itself."""
        module, _, name = self.place.partition(":")
        return getattr(import_module(module, "deltarule.classes.formats"), name)


EXPORTS = {
    "gradescope": ExportFormat(
        "Gradescope's results.json", "json", ".gradescope:gradescope_json", True
    ),
    "prairielearn": ExportFormat(
        "PrairieLearn's results.json", "json", ".prairielearn:prairielearn_json", True
    ),
    "lti": ExportFormat("scores of LTI 1.3", "json", ".lti_scores:lti_score", True),
    "classroom": ExportFormat(
        "notices for GitHub Classroom", "txt", ".classroom:classroom_commands", True
    ),
    "markdown": ExportFormat("feedback as Markdown", "md", ".feedback_pages:markdown_page", True),
    "html": ExportFormat("feedback as HTML", "html", ".feedback_pages:html_page", True),
    "junit": ExportFormat("JUnit's XML", "xml", ".marks_junit:marks_junit"),
    "nbgrader": ExportFormat("nbgrader's CSV", "csv", ".nbgrader:nbgrader_csv"),
    "otter": ExportFormat("Otter Grader's CSV", "csv", ".otter:otter_csv"),
    "canvas": ExportFormat("Canvas's CSV", "csv", ".canvas:canvas_csv"),
    "moodle": ExportFormat("Moodle's CSV", "csv", ".moodle:moodle_csv"),
    "csv": ExportFormat("CSV", "csv", ".plain_values:plain_csv"),
    "json": ExportFormat("JSON", "json", ".plain_values:plain_json"),
}


def exports(words: str) -> list[str]:
    """The formats of a list such as `gradescope,canvas`, each once.

    Raises DeltaruleError for one that there is not.
    """
    names = dict.fromkeys(word.strip().lower() for word in words.split(",") if word.strip())
    for name in names or [""]:
        if name not in EXPORTS:
            raise DeltaruleError(
                f"there is no export called {name!r}",
                "--export",
                did_you_mean(name, EXPORTS) or f"there are {', '.join(EXPORTS)}",
            )
    return list(names)
