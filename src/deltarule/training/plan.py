"""A plan: what is trained, and how."""

from __future__ import annotations

from dataclasses import dataclass, fields

from deltarule.errors import DeltaruleError

#: The least that a number of a plan may be; `few` is 0 where that part is left out.
_LEAST = {"batch": 1, "epochs": 1, "seed": 0, "shift": 0, "few": 0, "held_out": 1, "threads": 1}


@dataclass(frozen=True)
class Plan:
    """The same plan on the same data ends in the same parameters.

    `rate` is the learning rate, None for the update's own; images are moved by up to `shift`
    pixels whenever they are learnt from; `few` samples are learnt by heart before all are. Loops
    run in so many `threads`, as far as there are as many, and no digit depends on it.
    """

    network: str = "lenet5"
    update: str = "adam"
    rate: float | None = None
    batch: int = 64
    epochs: int = 20
    seed: int = 0
    shift: int = 2
    few: int = 20
    held_out: int = 360
    threads: int = 1

    def refuse(self, samples: int) -> None:
        """Raise DeltaruleError for numbers that make no sense with so many samples."""
        for name in (f.name for f in fields(self)):
            least, value = _LEAST.get(name), getattr(self, name)
            if least is not None and value < least:
                raise DeltaruleError(
                    f"{name} is {value}", f"--{name.replace('_', '-')}", f"give {least} or more"
                )
        if self.few + self.held_out > samples:
            raise DeltaruleError(
                f"there are {samples} samples, not {self.few + self.held_out}",
                "--held-out",
                "hold out fewer",
            )
