"""Messages between the two sides of a channel: JSON, and raw .npy for arrays.

A message is b"dr1\\0", the length of its JSON (4 bytes) and of its arrays together (8 bytes, both
big-endian), the JSON, the arrays. Both lengths are held against a limit before anything is read.
The header of an array is matched with one pattern, and nothing in it is evaluated; its type is one
of a fixed list, and its shape has to fill its bytes exactly. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAGIC = b"dr1\0"
FRAME = struct.Struct(">4sIQ")
#: What the JSON of a message may be long.
MOST_JSON = 1 << 20
#: Arrays of one message, nodes of its tree, and how deep that tree is.
MOST_ARRAYS, MOST_NODES, MOST_DEPTH = 1024, 20_000, 24
#: Characters of one text.
MOST_TEXT = 20_000

#: The types of arrays that may pass.
DTYPES = {
    text: np.dtype(text)
    for text in (
        "|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8",
        "<f2", "<f4", "<f8", "<c8", "<c16",
    )
}  # fmt: skip
_SCALARS = {dtype.type for dtype in DTYPES.values()}
_HEADER = re.compile(
    rb"\{'descr': '(\|b1|\|[iu]1|<[iu][248]|<f[248]|<c8|<c16)', "
    rb"'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,12},(?: \d{1,12}(?:, \d{1,12}){0,30})?)?)\), \} *\n"
)
# Taken before any foreign code runs, which may put something else in their places.
_array, _frombuffer, _asarray = np.ndarray, np.frombuffer, np.asarray
_matrix = np.matrix  # an array of the same numbers; of no other type are these sure
_tobytes, _newbyteorder = np.ndarray.tobytes, np.dtype.newbyteorder
_dumps, _loads = json.dumps, json.loads


class BadMessage(Exception):
    """A message that is not what it has to be: the words say how."""


class TooLarge(BadMessage):
    """A message above the limits."""


#: What a path begins with that leads into a call's arguments.
ARGUMENTS = -1


@dataclass(frozen=True)
class Kept:
    """What call number `call` gave, and stays in the sandbox; `path` picks of a tuple or list.

    A path that begins with ARGUMENTS picks of what the call was given, in its order, as it is now.
    """

    call: int
    path: tuple[int, ...] = ()


def picked(kept: Kept, results: dict[int, Any], given: dict[int, Any]) -> Any:
    """What a `Kept` speaks of, by the results and the arguments of each call."""
    inside = kept.path[:1] == (ARGUMENTS,)
    found = (given if inside else results)[kept.call]
    for step in kept.path[inside:]:
        found = found[step]
    return found


@dataclass(frozen=True)
class Other:
    """A value of a type that does not pass; only the type's name does."""

    type_name: str


@dataclass
class Blocks:
    """The arrays of one message, as .npy."""

    found: list[bytes] = field(default_factory=list)

    def add(self, array: np.ndarray) -> int:
        """Its number."""
        self.found.append(npy(array))
        return len(self.found) - 1


def npy(array: np.ndarray) -> bytes:
    """An array as .npy, version 1.0, little-endian and in the order of C."""
    dtype = _newbyteorder(array.dtype, "<")
    shape = array.shape
    inner = f"{shape[0]}," if len(shape) == 1 else ", ".join(str(n) for n in shape)
    text = f"{{'descr': '{dtype.str}', 'fortran_order': False, 'shape': ({inner}), }}".encode()
    pad = -(len(text) + 11) % 64
    header = text + b" " * pad + b"\n"
    plain = _asarray(array, dtype=dtype, order="C")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + _tobytes(plain)


def from_npy(data: memoryview) -> np.ndarray:
    """The array of a block. Raises BadMessage where the block is not exactly one."""
    if len(data) < 10 or bytes(data[:8]) != b"\x93NUMPY\x01\x00":
        raise BadMessage("an array does not begin as .npy does")
    (length,) = struct.unpack("<H", data[8:10])
    if length > 1024 or len(data) < 10 + length:
        raise BadMessage("the header of an array is too long")
    found = _HEADER.fullmatch(bytes(data[10 : 10 + length]))
    if found is None:
        raise BadMessage("an array has a header that is not allowed: " + _start(data[10:]))
    dtype = DTYPES[found[1].decode()]
    shape = tuple(int(n) for n in found[3].decode().split(",") if n.strip())
    size = dtype.itemsize
    for n in shape:
        size *= n
    if size != len(data) - 10 - length:
        raise BadMessage(
            f"an array says that it is {' × '.join(map(str, shape)) or 'a number'} of "
            f"{dtype.name}, {size} bytes, and comes with {len(data) - 10 - length}"
        )
    values = _frombuffer(data[10 + length :], dtype=dtype)
    order = "F" if found[2] == b"True" else "C"
    return values.reshape(shape, order=order).copy()


def _start(data: memoryview) -> str:
    return repr(bytes(data[:80]).decode("ascii", "replace"))


def array_bytes(value: Any) -> tuple[tuple[int, ...], bytes] | None:
    """What shows whether an array was changed; of other values nothing does."""
    return (value.shape, value.tobytes()) if type(value) is np.ndarray else None


def other_types(value: Any) -> set[str]:
    """The names of types that did not pass, anywhere in a value."""
    if type(value) is Other:
        return {value.type_name}
    parts = value.values() if type(value) is dict else value
    if type(value) not in (dict, list, tuple):
        return set()
    return {name for part in parts for name in other_types(part)}


# ---- trees of values -----------------------------------------------------------------------------


def packed(value: Any, blocks: Blocks, depth: int = 0) -> Any:
    """A value as JSON, with its arrays in `blocks`; of what has another type, the type's name."""
    kind = type(value)
    if value is None or kind in (bool, float):
        return value
    if kind is int:
        return value if abs(value) < 1 << 63 else {"other": "int above 64 bits"}
    if kind is str:
        return value[:MOST_TEXT]
    if depth >= MOST_DEPTH:
        return {"other": f"{kind.__name__}, nested too deeply"}
    if kind is tuple or kind is list:
        return {kind.__name__: [packed(v, blocks, depth + 1) for v in value]}
    if kind is dict:
        pairs = [
            [packed(k, blocks, depth + 1), packed(v, blocks, depth + 1)] for k, v in value.items()
        ]
        return {"dict": pairs}
    if kind is Kept:
        return {"kept": [value.call, *value.path]}
    if kind is _array or kind is _matrix or kind in _SCALARS:
        array = _asarray(value)
        if _newbyteorder(array.dtype, "<").str not in DTYPES:
            return {"other": f"array of {array.dtype}"[:200]}
        return {"scalar" if kind in _SCALARS else "array": blocks.add(array)}
    return {"other": str(kind.__name__)[:200]}


class Unpacking:
    """JSON of `packed`, read back; `Kept` where that may come. Raises BadMessage otherwise."""

    def __init__(self, arrays: list[np.ndarray], kept: bool = False):
        self.arrays, self.kept, self.nodes = arrays, kept, 0

    def value(self, tree: Any, depth: int = 0) -> Any:
        """The value."""
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > MOST_DEPTH + 1:
            raise BadMessage("an answer has too many parts")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is not dict or len(tree) != 1:
            raise BadMessage("an answer has a part of no known kind")
        ((kind, inside),) = tree.items()
        if kind == "other" and type(inside) is str:
            return Other(inside[:200])
        if kind in ("array", "scalar"):
            return self._array(kind, inside)
        if type(inside) is not list:
            raise BadMessage("an answer has a part of no known kind")
        if kind in ("list", "tuple"):
            found = [self.value(v, depth + 1) for v in inside]
            return found if kind == "list" else tuple(found)
        if kind == "dict":
            return self._dict(inside, depth)
        if kind == "kept" and self.kept and inside and all(type(n) is int for n in inside):
            return Kept(inside[0], tuple(inside[1:]))
        raise BadMessage("an answer has a part of no known kind")

    def _array(self, kind: str, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self.arrays):
            raise BadMessage("an answer speaks of an array that did not come")
        array = self.arrays[number]
        if kind == "array":
            return array
        if array.shape != ():
            raise BadMessage("an answer calls an array a number")
        return array[()]

    def _dict(self, pairs: list, depth: int) -> dict:
        found = {}
        for pair in pairs:
            if type(pair) is not list or len(pair) != 2:
                raise BadMessage("an answer has a part of no known kind")
            key = self.value(pair[0], depth + 1)
            if type(key) not in (str, int, bool, float, type(None)):
                raise BadMessage("an answer has a key that is neither text nor a number")
            found[key] = self.value(pair[1], depth + 1)
        return found


# ---- the wire ------------------------------------------------------------------------------------


def to_bytes(message: dict, blocks: Blocks) -> bytes:
    """A message as it goes over the wire."""
    text = _dumps({**message, "arrays": [len(b) for b in blocks.found]}).encode()
    total = sum(len(b) for b in blocks.found)
    return b"".join([FRAME.pack(MAGIC, len(text), total), text, *blocks.found])


def lengths(frame: bytes, most_bytes: int) -> tuple[int, int]:
    """What follows a frame: bytes of JSON and of arrays. Raises BadMessage above the limits."""
    magic, text, arrays = FRAME.unpack(frame)
    if magic != MAGIC:
        raise BadMessage(f"something else was written to the channel: {bytes(frame)[:16]!r}")
    if text > MOST_JSON or arrays > most_bytes:
        raise TooLarge(f"an answer of {text + arrays} bytes")
    return text, arrays


def parsed(text: bytes, data: bytearray) -> tuple[dict, list[np.ndarray]]:
    """The JSON of a message, and its arrays. Raises BadMessage."""
    try:
        message = _loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"an answer is not JSON: {type(error).__name__}") from None
    sizes = message.get("arrays") if type(message) is dict else None
    if type(sizes) is not list or len(sizes) > MOST_ARRAYS:
        raise BadMessage("an answer does not say which arrays it has")
    if any(type(n) is not int or n < 0 for n in sizes) or sum(sizes) != len(data):
        raise BadMessage("the arrays of an answer are not as long as it says")
    arrays, at = [], 0
    for n in sizes:
        arrays.append(from_npy(memoryview(data)[at : at + n]))
        at += n
    return message, arrays
