"""Arrays that are given, checked and made to fit before machine code reads them.

Machine code tests no subscript: a label that is too large would be read as a place in foreign
memory. So integers are held against their extent at every call. The other declared
properties, sums of 1 and bounds, are tested when arrays are handed over; that a covariance is
symmetric and positive definite is not.
"""

from __future__ import annotations

import numpy as np
from numba import njit

inlined = njit(forceinline=True)
U = np.uint64

# ---- what follows goes into kernels


class Misfit(ValueError):
    """An array that a kernel cannot take: what is wrong, and what to do about it."""


def fitting(name, array, dtype, axes, shape):
    """The array, contiguous, if its type and the number of its axes are right."""
    if type(array) is not np.ndarray or array.dtype != dtype:
        array = converted(name, array, dtype)
    if array.ndim != axes:
        raise Misfit(f"{name} has {array.ndim} axes", f"it has {axes}: [{shape}]")
    return array if array.flags.carray else np.array(array, order="C")


def converted(name, given, dtype):
    """A list, or an array of another type, in a kernel's type, where that changes no number."""
    if isinstance(given, np.ma.MaskedArray):
        raise Misfit(f"{name} is a masked array", "give a plain one, such as its filled(0)")
    try:
        array = np.asarray(given)
    except Exception as error:  # ragged lists; objects whose own conversion fails
        ragged = isinstance(given, (list, tuple))
        fact = "has rows of unequal lengths" if ragged else f"is no array: {error}"
        raise Misfit(f"{name} {fact}", f"give it as {dtype}") from None
    kind, typed = array.dtype.kind, hasattr(given, "dtype")
    if dtype.kind == "i" and kind in "biuf":
        return whole_numbers(name, array, dtype)
    numeric = kind in "biu" or not typed and kind in ("fc" if dtype.kind == "c" else "f")
    if array.dtype.newbyteorder("=") == dtype or (
        numeric and (not typed or np.can_cast(array.dtype, dtype))
    ):
        with np.errstate(over="ignore"):
            made = array.astype(dtype)
        lost = np.isfinite(array) & ~np.isfinite(made)
        if lost.any():
            raise Misfit(f"{entry_of(name, array, lost)} is too large for {dtype}", "scale it")
        return made
    raise Misfit(f"{name} is an array of {array.dtype}", f"give it as {dtype}")


def whole_numbers(name, array, dtype):
    """Labels of any type of numbers as the kernel's integers."""
    with np.errstate(invalid="ignore"):
        made = array.astype(dtype)
    changed = (made != array) | ((made < 0) != (array < 0))
    if changed.any():
        fact = f"{entry_of(name, array, changed)} is not a whole number (of 64 bits)"
        raise Misfit(fact, "its entries number rows: give whole numbers")
    return made


def misshapen(name, array, shape):
    """What is wrong with an array whose shape is not the one that the others ask for."""
    return Misfit(f"{name} has the shape {list(array.shape)}", f"it should be {list(shape)}")


def entry_of(name, array, where):
    """The first entry that is marked, as text: t[3, 0] = 17."""
    place = np.unravel_index(int(np.argmax(where)), array.shape)
    return f"{name}{list(map(int, place)) if place else ''} = {array[place]}"


def below(name, array, limit, extent, axis=0, way=0):
    """Refuse integers that are not among 0 … limit − 1; `extent` is the limit as text.

    With a `way`, −1 or 1, they are earlier or later places along an axis, or −1.
    """
    if way:
        shape = [1] * array.ndim
        shape[axis] = -1
        ahead = (array - np.arange(array.shape[axis]).reshape(shape)) * way
        wrong = (array != -1) & ((ahead <= 0) | (array < 0) | (array >= limit))
        if wrong.any():
            kind = "later" if way > 0 else "earlier"
            raise Misfit(
                f"{entry_of(name, array, wrong)} is out of range",
                f"{name} holds {kind} places along axis {axis} than its own, or -1 for none",
            )
        return
    if array.size and int(array.view(np.uint64).max()) >= limit:
        wrong = (array < 0) | (array >= limit)
        size = f"{extent} − 1 = {limit - 1}" if not extent.isdigit() else f"{limit - 1}"
        among = f"whole numbers from 0 to {size}" if limit else f"no numbers, as {extent} is 0"
        raise Misfit(f"{entry_of(name, array, wrong)} is out of range", f"{name} holds {among}")


@inlined
def strays(array, limit, axis, way):
    """Whether some integer is not among 0 … limit − 1, or no earlier (later) place, nor −1."""
    entries, found = array.reshape(array.size), False
    if way == 0:
        for k in range(entries.size):
            found |= U(entries[k]) >= U(limit)
        return found
    apart = 1
    for k in range(axis + 1, array.ndim):
        apart *= array.shape[k]
    for k in range(entries.size):
        value, place = entries[k], k // apart % array.shape[axis]
        found |= value != -1 and (U(value) >= U(limit) or (value - place) * way <= 0)
    return found


def summing_to_one(name, array, axis):
    """Refuse entries that do not add up to 1 along an axis; NaN is handed on."""
    sums = array.sum(axis)
    off = np.abs(sums - 1) > (1e-4 if sums.real.dtype == np.float32 else 1e-6)
    if off.any():
        rows = f"the sum over axis {axis % array.ndim} of {name}, {entry_of('sum', sums, off)},"
        raise Misfit(f"{rows} is not 1", f"{name} is declared to sum to 1: divide by the sums")


def within(name, array, low, high):
    """Refuse entries beyond the bounds that are declared; `high` may be None. NaN is handed on."""
    wrong = array.real < low if high is None else (array.real < low) | (array.real > high)
    if wrong.any():
        span = f"at least {low}" if high is None else f"between {low} and {high}"
        raise Misfit(f"{entry_of(name, array, wrong)} is out of range", f"{name} is {span}")
