"""What is raised where a hypothesis gives no value."""

from __future__ import annotations

from deltarule.errors import DeltaruleError


class Circular(Exception):
    """A wrong line that would need its own result; nobody can have worked so."""


#: What is raised where a hypothesis gives no value at all.
NO_VALUE = (Circular, DeltaruleError, ZeroDivisionError, OverflowError)
