"""From Numba's statements to LLVM's with fewer of the latter: those that mean nothing are left out.

Numba writes some thirty instructions for an entry of an array, and takes an array apart, and puts
it together again, wherever it is handed on; LLVM then finds out that this is an address and a load.
This is written at once here, for numbers and contiguous arrays of them; LLVM makes the same of it.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir
from numba.core import base, lowering, types
from numba.core.runtime.context import NRTContext

#: Whether values of a type hold something of which references are counted.
_holds_counted: dict[types.Type, bool] = {}
#: How many bytes values of LLVM's types have.
_sizes: dict[str, int] = {}


def _getitem(self, resty, expr, value, index, signature):
    """The value of an entry, or whatever else an index gives."""
    array = self.typeof(value.name)
    if not _of_numbers(array) or signature.args[0] != array or isinstance(resty, types.Array):
        return _usual_getitem(self, resty, expr, value, index, signature)
    place = _place(self, array, value, index)
    if place is None:
        return _usual_getitem(self, resty, expr, value, index, signature)
    loaded = self.context.unpack_value(self.builder, array.dtype, place)
    return self.context.cast(self.builder, loaded, array.dtype, resty)


def _setitem(self, target, index, value, signature):
    """Change an entry, or whatever else an index gives."""
    array, kind = self.typeof(target.name), self.typeof(value.name)
    if not _of_numbers(array) or not isinstance(kind, types.Number | types.Boolean):
        return _usual_setitem(self, target, index, value, signature)
    place = _place(self, array, target, index)
    if place is None:
        return _usual_setitem(self, target, index, value, signature)
    wanted, given = signature.args[2], self.loadvar(value.name)
    given = self.context.cast(self.builder, given, kind, wanted)
    given = self.context.cast(self.builder, given, wanted, array.dtype)
    return self.context.pack_value(self.builder, array.dtype, given, place)


def _of_numbers(kind: types.Type) -> bool:
    """Whether a type is that of contiguous arrays of numbers, as NumPy makes them."""
    array = type(kind) is types.Array and kind.layout == "C" and kind.aligned and kind.ndim > 0
    return array and isinstance(kind.dtype, types.Integer | types.Float)


def _place(lower, array: types.Array, value, index):
    """Where an entry lies; None where an index is more than one integer for each axis."""
    kind = lower.typeof(index.name)
    kinds = kind.types if isinstance(kind, types.BaseTuple) else [kind]
    integers = all(isinstance(k, types.Integer) for k in kinds)
    if len(kinds) != array.ndim or not integers or lower.context.enable_boundscheck:
        return None
    builder = lower.builder
    whole, given = lower.loadvar(value.name), lower.loadvar(index.name)
    if isinstance(kind, types.BaseTuple):
        entries = [builder.extract_value(given, axis) for axis in range(array.ndim)]
    else:
        entries = [given]
    lengths = [builder.extract_value(whole, [_SHAPE, axis]) for axis in range(array.ndim)]
    place = None
    for axis, (kind, entry) in enumerate(zip(kinds, entries, strict=True)):
        entry = _from_start(lower, kind, entry, lengths[axis])
        step = None
        for length in lengths[axis + 1 :]:
            step = length if step is None else builder.mul(step, length)
        entry = entry if step is None else builder.mul(entry, step)
        place = entry if place is None else builder.add(place, entry)
    return builder.gep(builder.extract_value(whole, _DATA), [place])


def _from_start(lower, kind: types.Integer, entry, length):
    """An index along an axis; negative ones count from its end."""
    if not kind.signed:
        return lower.context.cast(lower.builder, entry, kind, types.uintp)
    entry = lower.context.cast(lower.builder, entry, kind, types.intp)
    if _is_natural(entry):
        return entry
    negative = lower.builder.icmp_signed("<", entry, entry.type(0))
    return lower.builder.select(negative, lower.builder.add(entry, length), entry)


def _is_natural(value) -> bool:
    """Whether an integer is known and not negative: a constant, or a sum of such."""
    if isinstance(value, ir.Constant):
        return isinstance(value.constant, int) and value.constant >= 0
    added = isinstance(value, ir.Instruction) and value.opname in ("add", "mul")
    return added and all(
        isinstance(one, ir.Constant) and _is_natural(one) for one in value.operands
    )


def _counted(self, builder, kind: types.Type, value) -> list:
    """What references are counted of in a value, with types; other parts are not looked at."""
    models = self._context.data_model_manager
    model = models[kind]
    found = []
    if model.has_nrt_meminfo():
        found.append((kind, model.get_nrt_meminfo(builder, value)))
    for part, getter in model.traverse(builder):
        if _has_counted(models, part):
            found += self.get_meminfos(builder, part, getter(value))
    return found


def _has_counted(models, kind: types.Type) -> bool:
    if kind not in _holds_counted:
        _holds_counted[kind] = models[kind].contains_nrt_meminfo()
    return _holds_counted[kind]


def _store(self, value, name, argidx=None) -> None:
    """Give a variable its value. Of numbers the one before is not looked at."""
    if argidx is None and _is_number(self.typeof(name)) and name not in self._singly_assigned_vars:
        self._alloca_var(name, self.typeof(name))
        self.builder.store(value, self.getvar(name))
    else:
        _usual_store(self, value, name, argidx)


def _delete(self, name) -> None:
    """The end of a variable; for numbers nothing has to be done."""
    if not _is_number(self.typeof(name)):
        _usual_delete(self, name)
        return
    if name not in self._blk_local_varmap:
        self._singly_assigned_vars.discard(name)
    self._alloca_var(name, self.typeof(name))


def _is_number(kind: types.Type) -> bool:
    return isinstance(kind, types.Integer | types.Float | types.Boolean)


def _size(self, kind) -> int:
    """The bytes of a value of one of LLVM's types, for which Numba has LLVM read a module."""
    said = str(kind)
    if "%" in said:  # a name, which may stand for another type elsewhere
        return _usual_size(self, kind)
    if said not in _sizes:
        _sizes[said] = _usual_size(self, kind)
    return _sizes[said]


def _returned(self, builder, kind: types.Type, value):
    """What a function has returned, as a value."""
    return value if _as_it_is(kind) else _usual_returned(self, builder, kind, value)


def _to_return(self, builder, kind: types.Type, value):
    """A value, as a function returns it."""
    return value if _as_it_is(kind) else _usual_to_return(self, builder, kind, value)


def _as_it_is(kind: types.Type) -> bool:
    """Whether values of a type are returned as they are used."""
    if isinstance(kind, types.BaseTuple):
        return all(isinstance(k, types.Integer | types.Float) for k in kind.types)
    return type(kind) is types.Array and isinstance(kind.dtype, types.Integer | types.Float)


#: Where in an array its numbers' address and its shape stand.
_DATA, _SHAPE = 4, 5

REPLACED: list[tuple] = [
    (lowering.Lower, "lower_getitem", _getitem),
    (lowering.Lower, "lower_setitem", _setitem),
    (lowering.Lower, "storevar", _store),
    (lowering.Lower, "delvar", _delete),
    (NRTContext, "get_meminfos", _counted),
    (base.BaseContext, "get_abi_sizeof", _size),
    (base.BaseContext, "get_returned_value", _returned),
    (base.BaseContext, "get_return_value", _to_return),
]
_usual_getitem: Callable = lowering.Lower.lower_getitem
_usual_setitem: Callable = lowering.Lower.lower_setitem
_usual_store: Callable = lowering.Lower.storevar
_usual_delete: Callable = lowering.Lower.delvar
_usual_size: Callable = base.BaseContext.get_abi_sizeof
_usual_returned: Callable = base.BaseContext.get_returned_value
_usual_to_return: Callable = base.BaseContext.get_return_value
