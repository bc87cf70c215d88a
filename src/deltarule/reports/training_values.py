"""What came of a course of training, as lines of text and as values for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict

from deltarule.training.handwritten_digits import Labelled
from deltarule.training.training_record import ByHeart, Epoch, Result
from deltarule.training.training_run import PATIENCE

#: Shades of ink, from paper on; a pixel is two characters wide.
_SHADES = " ░▒▓█"

#: Pictures side by side, and between them.
_BESIDE, _GAP = 4, 3

#: How many of the least certain samples are shown.
SHOWN = 8


def by_heart_text(few: ByHeart) -> str:
    """What became of the few samples that had to be learnt by heart."""
    last = f"{few.loss:.4f}".removeprefix("-")  # next to nothing, and rounded
    sentence = f"{few.samples} samples by heart: loss {few.first_loss:.3f} → {last}"
    return f"{sentence} in {few.steps} steps, {few.right} of {few.samples} right"


def remedy_text(few: ByHeart) -> str:
    """What to look for where they could not be learnt."""
    if few.right == few.samples:
        return (
            f"all {few.samples} samples are right, but their loss does not come near 0: are the "
            "network's outputs bounded (by a sigmoid or tanh at its end)? Give the classes plain "
            "sums, or leave this test out with --few 0"
        )
    return (
        f"a network that cannot learn {few.samples} samples by heart in {PATIENCE} steps will not "
        "learn more of them: try a smaller --rate (a larger one where the loss hardly falls), "
        "another --update, or look at the network's equations"
    )


def epoch_text(epoch: Epoch, of: int) -> str:
    """One line of the computation."""
    share = f"{100 * epoch.right / of:.1f} %"
    return f"epoch {epoch.number:3}   loss {epoch.loss:.4f}   held out {share:>7} right"


def held_out_text(result: Result) -> str:
    """`348 of 360 right: 96.67 %`."""
    share = f"{100 * result.right / len(result.samples):.2f} %"
    return f"{result.right} of {len(result.samples)} right: {share}"


def seconds_text(result: Result) -> str:
    """How long it took, what is kept for the next time apart."""
    spent = result.seconds
    learning = sum(spent.get(part, 0) for part in ("by heart", "learning"))
    return (
        f"{learning:.1f} s of training, after {spent['deriving']:.1f} s to derive the kernels and "
        f"{spent['compiling']:.1f} s to compile them; they are kept for the next time"
    )


def confusion_lines(result: Result) -> list[str]:
    """The confusion matrix: a row for what a sample is, a column for what it was taken for."""
    counts = result.confusion
    width = max(3, len(str(counts.max()))) + 1
    head = "taken for " + "".join(f"{k:>{width}}" for k in range(len(counts)))
    rows = [
        f"{'is ' + str(label):>9} " + "".join(f"{n or '·':>{width}}" for n in row)
        for label, row in enumerate(counts)
    ]
    return [head, *rows]


def uncertain_lines(result: Result, count: int = SHOWN) -> list[str]:
    """Pictures of the least certain samples, each above what it is and was taken for."""
    blocks = [_picture(result, n) for n in result.least_certain(count)]
    lines: list[str] = []
    for first in range(0, len(blocks), _BESIDE):
        beside = blocks[first : first + _BESIDE]
        lines += ["", *((" " * _GAP).join(row).rstrip() for row in zip(*beside, strict=True))]
    return lines[1:]


def _picture(result: Result, place: int) -> list[str]:
    """Lines of one width: the image, then its label, what it was taken for, and how surely."""
    image = result.samples.images[place]
    shade = ((image + 1) / 2 * (len(_SHADES) - 1)).round().astype(int)
    drawn = ["".join(2 * _SHADES[s] for s in row) for row in shade]
    lines = [
        f"is {result.samples.labels[place]}",
        f"taken for {result.taken_for[place]}",
        f"with {result.probabilities[place].max():.3f}",
    ]
    width = max(map(len, (*drawn, *lines)))
    return [line.ljust(width) for line in (*drawn, *lines)]


def training_values(result: Result) -> dict:
    """As `result_values`; JSON knows no NaN: what is no finite number is said by its name."""
    return {key: _named(part) for key, part in result_values(result).items()}


def _named(value):
    if isinstance(value, dict):
        return {key: _named(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def result_values(result: Result) -> dict:
    """All of it: `plan`, `by_heart`, `epochs`, `right`, `confusion`, `least_certain`, …"""
    values: dict = {
        "plan": {**asdict(result.plan), "rate": result.rate},
        "parameters": result.parameters,
        "learnt_from": result.learnt_from,
        "held_out": len(result.samples),
        "by_heart": None if result.by_heart is None else asdict(result.by_heart),
        "stopped": result.stopped,
        "seconds": {name: round(spent, 3) for name, spent in result.seconds.items()},
    }
    if result.stopped:
        return values
    return {
        **values,
        "epochs": [asdict(epoch) for epoch in result.epochs],
        "right": result.right,
        "confusion": result.confusion.tolist(),
        "least_certain": [_sample(result, result.samples, n) for n in result.least_certain(SHOWN)],
        "responses": [asdict(response) for response in result.responses],
    }


def _sample(result: Result, samples: Labelled, place: int) -> dict:
    return {
        "label": int(samples.labels[place]),
        "taken_for": int(result.taken_for[place]),
        "probability": float(result.probabilities[place].max()),
        "image": samples.images[place].tolist(),
    }
