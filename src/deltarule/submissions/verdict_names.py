"""The verdicts on a function, by how they are said."""

from __future__ import annotations

from enum import Enum


class FunctionVerdict(Enum):
    """The verdict on a function; the value is how it is said."""

    RIGHT = "right"
    CONVENTION = "differs by a convention"
    FOLLOWS = "right for its own forward pass"
    CALLS = "right but for what it calls"
    PARTLY = "right only in part"
    CHANGES = "right, but changes its arguments"
    WRONG = "wrong"
    UNFINISHED = "not finished"
    CRASHED = "crashed"
    STOPPED = "stopped"
    UNCHECKED = "could not be checked"
    NOT_LOADED = "could not load"

    @property
    def passes(self) -> bool:
        """Whether it counts as right."""
        return self in (FunctionVerdict.RIGHT, FunctionVerdict.FOLLOWS, FunctionVerdict.CALLS)


class Obstacle(Enum):
    """Why a function could not be called as its task calls it."""

    NONE = ""
    ARGUMENTS = "takes other arguments"
    NO_FUNCTION = "has no such function or method"
    ATTRIBUTES = "has other attributes"
    ANSWER = "returns something else"
    NOTHING_GIVEN = "needs what no function gives"
