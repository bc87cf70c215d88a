"""A submitted file, loaded in a sandbox."""

from __future__ import annotations

from dataclasses import replace
from textwrap import indent

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Outcome, Sandbox, Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.reading import SubmittedFile, load_into, loadable
from deltarule.submissions.this_process import ThisProcess


class LoadedFile:
    """A file in a sandbox, loaded again where its process has ended.

    Statements that raise when it loads are left out, which `submitted.remarks` say.
    """

    def __init__(self, sandbox: Sandbox, submitted: SubmittedFile):
        self.sandbox, self.submitted = sandbox, submitted
        self._open: Submission | None = None

    @property
    def text(self) -> str:
        """What runs: the definitions, at their lines."""
        return self.submitted.text

    @property
    def name(self) -> str:
        """The file's name."""
        return self.submitted.name

    @property
    def runs_text(self) -> bool:
        """Whether a text can be run behind the file's: not where one's own functions are called."""
        return not isinstance(self.sandbox, ThisProcess)

    def run_with(self, text: str) -> Outcome:
        """Run a text behind the file's own, in a new process; its names are not the file's."""
        body = f"{self.submitted.text}\ndef _run():\n{indent(text, '    ')}\n_run()\n"
        with self.sandbox.submission() as own:
            return load_into(replace(self.submitted, text=body), own)

    def open(self) -> Submission:
        """Its process. Raises DeltaruleError where the text does not load."""
        if self._open is not None and self._open.alive:
            return self._open
        self._open = self.sandbox.submission()
        loaded = load_into(self.submitted, self._open)
        if loaded.verdict is Verdict.RAISED:
            self.submitted, _ = loadable(self.submitted, self.sandbox)
            self._open = self.sandbox.submission()
            loaded = load_into(self.submitted, self._open)
        if not loaded.returned:
            raise DeltaruleError(
                f"could not load: {loaded}",
                self.submitted.place(loaded.line),
                "let the file import by itself",
            )
        return self._open
