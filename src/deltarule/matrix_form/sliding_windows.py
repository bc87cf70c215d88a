"""Correlations and convolutions computed by their definitions: spread, pad, slide, crop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.tree import Along


def correlated(p: ph.Correlation, arrays: tuple, number: Callable, extents) -> np.ndarray:
    """The valid cross-correlation of the padded signal with the spread kernel."""
    signal, kernel = arrays
    for along in p.along:
        kernel = _spread(kernel, p.kernel.labels.index(along.over), number(along.spread))
        axis = p.signal.labels.index(along.over)
        step, pad = number(along.step), number(along.pad)
        width = kernel.shape[p.kernel.labels.index(along.over)]
        needed = step * (extents[along.label] - 1) + width
        signal = _padded(signal, axis, pad, needed - pad - signal.shape[axis])
    result = _slid(p, signal, kernel, number, extents)
    return _turned(result, p) if p.turned else result


def convolved(p: ph.Convolution, arrays: tuple, number: Callable, extents) -> np.ndarray:
    """The full convolution of the spread signal with the dilated kernel, cropped."""
    signal, kernel = arrays
    for along in p.along:
        axis, at = p.signal.labels.index(along.over), p.kernel.labels.index(along.over)
        signal = _spread(signal, axis, number(along.spread))
        kernel = _spread(kernel, at, number(along.step))
        if not p.turned:
            kernel = np.flip(kernel, at)
        reach, crop = kernel.shape[at] - 1, number(along.pad)
        needed = extents[along.label] + reach
        signal = _padded(signal, axis, reach - crop, needed - signal.shape[axis] - reach + crop)
    return _slid(p, signal, kernel, number, extents)


def sent_back(p: ph.SentBack, arrays: tuple, number: Callable, extents) -> np.ndarray:
    """Each value added at the place in its window that was chosen (in part, where split)."""
    signal, selection = arrays
    inner = tuple(i for i in p.signal.labels if i not in {a.over for a in p.along})
    order = (*inner, *(a.label for a in p.along))
    result = np.zeros(tuple(extents[i] for i in order))
    fixed = len(p.signal.labels)
    for offsets in np.ndindex(selection.shape[fixed:]):
        part = signal * selection[(..., *offsets)]
        for entry in np.ndindex(part.shape):
            at = dict(zip(p.signal.labels, entry, strict=True))
            place = [at[i] for i in inner]
            place += [
                number(a.spread) * at[a.over] + number(a.step) * k - number(a.pad)
                for a, k in zip(p.along, offsets, strict=True)
            ]
            if all(0 <= x < n for x, n in zip(place, result.shape, strict=True)):
                result[tuple(place)] += part[entry]
    return np.transpose(result, [order.index(i) for i in p.labels])


def _spread(array: np.ndarray, axis: int, step: int) -> np.ndarray:
    """step − 1 zeros between neighbours."""
    extent = array.shape[axis]
    shape = list(array.shape)
    shape[axis] = step * (extent - 1) + 1
    result = np.zeros(shape)
    result[(slice(None),) * axis + (slice(None, None, step),)] = array
    return result


def _padded(array: np.ndarray, axis: int, before: int, after: int) -> np.ndarray:
    """Zeros put on at both ends; where a number is negative, entries are cut off."""
    widths = [(0, 0)] * array.ndim
    widths[axis] = (max(before, 0), max(after, 0))
    array = np.pad(array, widths)
    cut = slice(max(-before, 0), array.shape[axis] - max(-after, 0))
    return array[(slice(None),) * axis + (cut,)]


def _slid(p, signal: np.ndarray, kernel: np.ndarray, number: Callable, extents) -> np.ndarray:
    """Products of the kernel with every window of the signal, added up."""
    along: tuple[Along, ...] = p.along
    axes = tuple(p.signal.labels.index(a.over) for a in along)
    widths = tuple(kernel.shape[p.kernel.labels.index(a.over)] for a in along)
    windows = np.lib.stride_tricks.sliding_window_view(signal, widths, axes)
    names: dict[Index, int] = {}
    for label in (*p.signal.labels, *p.kernel.labels, *p.labels):
        names.setdefault(label, len(names))
    places = [names[i] for i in p.signal.labels]
    for a, axis in zip(along, axes, strict=True):
        places[axis] = names[a.label]
    places += [names[a.over] for a in along]
    found = np.einsum(
        windows, places, kernel, [names[i] for i in p.kernel.labels], [names[i] for i in p.labels]
    )
    for a in along:
        axis = p.labels.index(a.label)
        every = number(a.step) if isinstance(p, ph.Correlation) else 1
        cut = slice(0, every * (extents[a.label] - 1) + 1, every)
        found = found[(slice(None),) * axis + (cut,)]
    return found


def _turned(array: np.ndarray, p: ph.Correlation) -> np.ndarray:
    return np.flip(array, tuple(p.labels.index(a.label) for a in p.along))
