"""What runs in a sandbox before a submission: the modules that it imports and Python has not.

This file's text is sent there, followed by a call of `install`; it needs Python alone.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import importlib.abc
import importlib.machinery
import json
import sys
import warnings
from types import ModuleType

_warn, _frame = warnings.warn, sys._getframe


def _whole(value):
    """Whether a value is an integer, or an array of integers."""
    dtype = getattr(value, "dtype", None)
    return isinstance(value, int) if dtype is None else dtype.kind in "iu"


def _old_div(a, b):
    """Python 2's division, as `past.utils` has it."""
    return a // b if _whole(a) and _whole(b) else a / b


def _old_idiv(a, b):
    """Python 2's `a /= b`."""
    if _whole(a) and _whole(b):
        a //= b
    else:
        a /= b
    return a


class OneEntry(UserWarning):
    """An array of one entry was taken as a number, which NumPy refuses."""


_lines = set()


class _At:
    """Gives an index as it is written: `_At()[i, 1:]`."""

    def __getitem__(self, index):
        return index


def _entry(value, owner=None, index=()):
    """What is made a number, or put into `owner[index]`: of an array of one entry the entry, where
    that is a single place."""
    if type(value).__name__ != "ndarray" or not value.ndim or value.size != 1:
        return value
    if owner is not None:
        array = type(owner).__name__ == "ndarray" and owner.dtype.kind in "fiucb"
        if not array or getattr(owner[index], "ndim", 0):
            return value
    line = _frame(1).f_lineno
    if line not in _lines:
        _lines.add(line)
        _warn(str(line), OneEntry, stacklevel=2)
    return value.item()


def _ones(*shape):
    """A function that a class is given to make its first weights."""
    import numpy

    return numpy.ones(shape)


#: Packages with which code runs on Python 2 and 3: their names, and Python 3's own.
FOR_TWO_AND_THREE: dict[str, dict[str, object]] = {
    "past.builtins": {
        "xrange": range, "raw_input": input, "basestring": str, "unicode": str, "long": int,
        "reduce": functools.reduce, "range": range, "map": map, "filter": filter, "str": str,
    },
    "past.utils": {"old_div": _old_div},
    "six": {
        "iteritems": lambda d: iter(d.items()), "itervalues": lambda d: iter(d.values()),
        "string_types": (str,), "integer_types": (int,), "PY2": False, "PY3": True,
    },
    "six.moves": {
        "xrange": range, "range": range, "input": input, "zip": zip, "map": map,
        "filter": filter, "reduce": functools.reduce,
    },
    "future.builtins": {
        name: getattr(builtins, name)
        for name in ("range", "zip", "map", "filter", "str", "int", "super", "object", "input")
    },
    "future.utils": {
        "iteritems": lambda d: iter(d.items()), "itervalues": lambda d: iter(d.values()),
    },
    "future.standard_library": {"install_aliases": lambda: None},
    "future": {},
}  # fmt: skip
FOR_TWO_AND_THREE["six.moves.builtins"] = FOR_TWO_AND_THREE["future.builtins"]


#: What the text that runs calls, besides what the student wrote.
_FOR_EDITED_TEXT = {
    "_deltarule_quotient": _old_div,
    "_deltarule_divided": _old_idiv,
    "_deltarule_entry": _entry,
    "_deltarule_at": _At(),
    "_deltarule_ones": _ones,
}


class NotHandedIn(ImportError):
    """Something is used that is not part of the submission."""


class Absent:
    """Stands for something that is not there: it may be named, and raises when it is used."""

    __array_ufunc__ = None

    def __init__(self, name, reason):
        self._absent = (name, reason)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._absent[0]}.{name}", self._absent[1])

    def __getitem__(self, _key):
        return self

    def __or__(self, _other):
        return self  # an annotation: Tensor | None

    __ror__ = __or__

    def __repr__(self):
        return self._absent[0]

    def __mro_entries__(self, _bases):
        absent = self

        class Base:
            def __init__(self, *args, **named):
                absent._raise()

        return (Base,)

    def _raise(self, *_args, **_named):
        raise NotHandedIn("uses {}, {}".format(*self._absent))

    __call__ = __iter__ = __len__ = __bool__ = __array__ = __float__ = __int__ = __index__ = _raise
    __enter__ = __contains__ = __next__ = __neg__ = __abs__ = __setitem__ = _raise
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __matmul__ = __pow__ = __mod__ = (
        _raise
    )
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rmatmul__ = __rpow__ = __rmod__ = _raise
    __lt__ = __le__ = __gt__ = __ge__ = _raise


class _AbsentModule(ModuleType):
    """A module that is not there, or the package around one."""

    reason = ""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        whole = f"{self.__name__}.{name}"
        if name in _Finder.texts or whole in _Finder.modules:
            return importlib.import_module(whole if whole in _Finder.modules else name)
        return Absent(whole.lstrip("_."), self.reason)


def _not_in(module, name):
    """What stands for a name that a module which was provided has not: other names are there."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Absent(f"{module}.{name}", f"which is not in the {module} that is at hand")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds what was provided, and stands in for what is missing."""

    #: The texts provided by their keys, the key for a module's name, the reasons why others miss.
    texts: dict[str, str] = {}
    modules: dict[str, str] = {}
    absent: dict[str, str] = {}

    def find_spec(self, fullname, path=None, target=None):
        known = fullname in self.modules or fullname in self.absent
        if not known and fullname not in FOR_TWO_AND_THREE and not self._holds(fullname):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _holds(self, package):
        names = [*self.modules, *self.absent, *FOR_TWO_AND_THREE]
        return any(name.startswith(package + ".") for name in names)

    def create_module(self, spec):
        if spec.name in self.modules or spec.name in FOR_TWO_AND_THREE:
            return None
        module = _AbsentModule(spec.name)
        module.reason = self.absent.get(spec.name) or "which is not part of the file"
        return module

    def exec_module(self, module):
        name = module.__name__
        key = self.modules.get(name)
        if key is not None and key != name:
            own = importlib.import_module(key)
            module.__dict__.update({k: v for k, v in vars(own).items() if k[:2] != "__"})
        elif key is not None:
            importlib.abc.InspectLoader.exec_module(self, module)
        else:
            module.__dict__.update(FOR_TWO_AND_THREE.get(name, {}))
        if key is not None:
            module.__dict__.setdefault("__getattr__", functools.partial(_not_in, name))

    def get_source(self, fullname):
        return self.texts[self.modules[fullname]]

    def get_code(self, fullname):
        return self.source_to_code(self.get_source(fullname), f"{fullname}.py")


def install(settings: str) -> None:
    """Make these imports work: JSON of `texts`, `modules`, `absent`, of the reasons why `names`
    are not there, and of NumPy's names that are gone with what stands for them (`numpy`)."""
    given = json.loads(settings)
    _Finder.texts, _Finder.modules = given["texts"], given["modules"]
    _Finder.absent = given["absent"]
    sys.meta_path.append(_Finder())
    for name, value in _FOR_EDITED_TEXT.items():
        setattr(builtins, name, value)
    for name, reason in given["names"].items():
        if not hasattr(builtins, name):
            setattr(builtins, name, Absent(name, reason))
    if given["python2"]:
        for name, value in FOR_TWO_AND_THREE["past.builtins"].items():
            if not hasattr(builtins, name):
                setattr(builtins, name, value)
    if given["numpy"]:
        import numpy

        for name, instead in given["numpy"].items():
            value = getattr(numpy, instead, None)
            setattr(numpy, name, getattr(builtins, instead) if value is None else value)
