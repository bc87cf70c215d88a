"""How much a request may hold, and what is said of one that holds more, comes too slowly or too
often: a fact, a place and a remedy, as a page for a person and as a line for a script."""

from __future__ import annotations

from deltarule.errors import DeltaruleError

#: A request has so many bytes at most: the largest exam's answers are far below.
LARGEST_BODY = 2_000_000
#: A request with so many bytes counts for one; a larger one for as many as it has of these.
USUAL_BODY = 256_000


class TooLarge(Exception):
    """A body that is larger than it said."""


def too_large(place: str = "") -> DeltaruleError:
    """What is said of a request that is not read as there is too much in it."""
    return DeltaruleError(
        f"more than {LARGEST_BODY // 1000} kB are not read at once",
        place or "what was sent",
        "go back and send less: a field takes numbers or a formula, a sheet what one file holds",
    )


def too_often() -> DeltaruleError:
    """What is said to whoever asks again and again."""
    return DeltaruleError(
        "too many requests", "all pages of this server", "wait a few seconds, and load it again"
    )


def too_many_wait() -> DeltaruleError:
    """What is said where all processes are busy, and enough waits for them."""
    return DeltaruleError(
        "too many are waiting",
        "this server",
        "send it again in some seconds; nothing that was sent before is lost",
    )


def too_slow() -> DeltaruleError:
    """What is said of a request that does not end."""
    return DeltaruleError("that came too slowly", "what was sent", "send it again")


def superseded() -> DeltaruleError:
    """What is said to whoever has asked for something newer."""
    return DeltaruleError(
        "you have asked for something newer", "another page of yours", "look at the newer one"
    )


def in_a_line(error: DeltaruleError) -> str:
    """A refusal for a script, which shows it beside what is typed."""
    return f"{error.fact}: {error.remedy}\n" if error.remedy else f"{error.fact}\n"
