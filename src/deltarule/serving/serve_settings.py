"""How a server begins: what it serves, to whom, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deltarule.classes.roster import Roster

#: Names of this machine for itself.
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class ServeSettings:
    """`exams` are sheets, examples and folders of exams; `state` is the file of attempts; `reveal`
    is what students see. `names` are hosts by which it is called besides the local ones. `secure`:
    what is before it speaks HTTPS.
    """

    exams: tuple[str, ...]
    state: str
    students: Roster = Roster()
    reveal: str = ""
    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    jobs: int = 2
    sandbox: bool = False
    secure: bool = False

    @property
    def hosts(self) -> Iterable[str]:
        """What the Host header of a request may say."""
        for name in (*LOCAL, self.host, *self.names):
            yield f"{name}:{self.port}".lower()
            yield name.lower()

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers do not keep those of two ports apart."""
        return f"deltarule-{self.port}"

    @property
    def address(self) -> str:
        """Where the pages are."""
        scheme = "https" if self.secure else "http"
        name = self.names[0] if self.names else self.host
        return (
            f"{scheme}://{name}" if self.names and self.secure else f"{scheme}://{name}:{self.port}"
        )
