"""Kernels as plain loops, and what they should give: made once a process."""

from __future__ import annotations

from functools import cached_property, lru_cache

from agreement import evaluated
from once import loaded, traced

from deltarule.expressions.symbols import Size
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import known_sizes


def settings_of(name: str) -> dict[str, int]:
    """Numbers for the sizes that no shape tells."""
    return {size.name: 3 for size in known_sizes(loaded(name))[1] if type(size) is Size}


class WrittenOnce(PlainModule):
    """Both passes of a derivation as plain loops, whose text is asked for again."""

    def text(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        return super().text()


@lru_cache(maxsize=256)
def plain_of(name: str) -> WrittenOnce:
    """The plain loops of a derivation, which two tests read."""
    return WrittenOnce(traced(name, **settings_of(name))[0])


@lru_cache(maxsize=256)
def arrays_of(name: str) -> dict:
    """What the evaluator gives for its program."""
    return evaluated(plain_of(name).program, 1).arrays
