"""A file's text, loaded in a sandbox."""

from __future__ import annotations

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.sandbox.submission import Submission


class LoadedFile:
    """A file's text in a sandbox, loaded again where its process has ended."""

    def __init__(self, sandbox: Sandbox, text: str, name: str):
        self.sandbox, self.text, self.name = sandbox, text, name
        self._open: Submission | None = None

    def open(self) -> Submission:
        """Its process. Raises DeltaruleError where the text does not load."""
        if self._open is None or not self._open.alive:
            self._open = self.sandbox.submission()
            loaded = self._open.load(self.text, self.name)
            if not loaded.returned:
                raise DeltaruleError(
                    f"could not load: {loaded}",
                    f"{self.name}, line {loaded.line}" if loaded.line else self.name,
                    "let the file import by itself",
                )
        return self._open
