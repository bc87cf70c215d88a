"""Kernels as plain loops, and what they should give: made once a process."""

from __future__ import annotations

from functools import cached_property, lru_cache

from agreement import evaluated
from once import settings_of, traced

from deltarule.kernels.module.plain_source import PlainModule


class WrittenOnce(PlainModule):
    """Both passes of a derivation as plain loops, whose text is asked for again."""

    def text(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        return super().text()


@lru_cache(maxsize=256)
def plain_of(name: str) -> WrittenOnce:
    """The plain loops of a derivation, which several tests read."""
    return WrittenOnce(traced(name, **settings_of(name))[0])


@lru_cache(maxsize=256)
def arrays_of(name: str) -> dict:
    """What the evaluator gives for its program."""
    return evaluated(plain_of(name).program, 1).arrays
