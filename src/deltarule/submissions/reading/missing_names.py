"""What definitions use and the file has not: why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from deltarule.submissions.reading.kept_code import KeptCode
from deltarule.submissions.reading.module_imports import Import, Source
from deltarule.submissions.reading.module_units import Purpose, Unit
from deltarule.submissions.reading.python2 import TELLTALE
from deltarule.submissions.reading.remarks import Remark, RemarkKind, remark
from deltarule.submissions.reading.understood_code import UnderstoodCode

#: Packages that people install; a module of another name is taken to be a file of the course.
_INSTALLED = {
    "torch", "torchvision", "tensorflow", "keras", "jax", "cupy", "numba", "scipy", "sklearn",
    "skimage", "pandas", "matplotlib", "seaborn", "cv2", "PIL", "imageio", "h5py", "tqdm",
    "IPython", "sympy", "theano", "mxnet", "autograd", "nltk", "gym", "six", "future", "past",
}  # fmt: skip
_PYTHON2 = {
    "xrange": "range", "raw_input": "input", "unicode": "str", "long": "int", "basestring": "str",
    "unichr": "chr", "reduce": "functools.reduce", "file": "open", "cmp": "(a > b) - (a < b)",
}  # fmt: skip


@dataclass
class MissingNames:
    """`modules` and `names` that stand-ins are put for, with the reasons that those tell."""

    modules: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def missing_names(kept: KeptCode, code: UnderstoodCode, compat: bool) -> MissingNames:
    """What is missing of the statements that stay."""
    found = MissingNames()
    guarded = {id(i) for u in kept.units if u.guarded for i in kept.imports[id(u)]}
    for one in kept.taken():
        if one.source is Source.MISSING and id(one) not in guarded:
            _import(one, kept, code, found)
    stars = [i for u in kept.dropped for i in kept.imports[id(u)] if _missing_star(i)]
    for name in sorted(kept.unresolved - {"*"}):
        _name(name, kept, code, compat, stars, found)
    for star in stars:
        names = [n for n, r in found.names.items() if star.module in r]
        users = tuple(sorted({u for n in names for u in kept.users(n)}))
        if users:
            listed = ", ".join(names)
            fact = f"{_spelled(star)} is not part of the file ({listed} may come from there)"
            found.remarks.append(_said(fact, star, code, users))
    return found


def _missing_star(one: Import) -> bool:
    return one.bound == "*" and one.source is Source.MISSING


def _import(one: Import, kept: KeptCode, code: UnderstoodCode, found: MissingNames) -> None:
    module = one.module or ("_" if one.level else "")
    found.modules[module] = f"which {_where(one)}"
    users = kept.users(one.bound)
    for name in kept.decorator_names():
        if name[0] == one.bound:
            place = code.places.place(one.line)
            fact = f"the decorator {'.'.join(name)} is left out: {_spelled(one)} is not there"
            found.remarks.append(remark(RemarkKind.LEFT_OUT, fact, place))
            return
    if users:
        fact = f"{_spelled(one)} is not part of the file"
        if one.module.split(".")[0] in _INSTALLED:
            fact = f"{_spelled(one)} is not NumPy's or Python's own"
        found.remarks.append(_said(fact, one, code, users))


def _said(fact: str, one: Import, code: UnderstoodCode, users: tuple[str, ...]) -> Remark:
    place = code.places.place(one.line)
    return remark(RemarkKind.MISSING, fact, place, _remedy(one), users)


def _spelled(one: Import) -> str:
    return "." * one.level + one.whole


def _where(one: Import) -> str:
    if one.module.split(".")[0] in _INSTALLED:
        return f"is not NumPy's or Python's own: {_remedy(one)}"
    return f"is not part of the file: {_remedy(one)}"


def _remedy(one: Import) -> str:
    if one.module.split(".")[0] in _INSTALLED:
        return "write it with NumPy"
    stem = (one.module or one.name).split(".")[-1]
    return f"hand {stem}.py in too, or write it in this file"


def _name(
    name: str,
    kept: KeptCode,
    code: UnderstoodCode,
    compat: bool,
    stars: list[Import],
    found: MissingNames,
) -> None:
    users = kept.users(name)
    left_out = [u for u in kept.dropped if name in u.binds]
    if name in code.lost or name in code.unread:
        place = code.places.of_source(code.lost.get(name) or code.unread[name])
        found.names[name] = f"which could not be loaded: {place} is no Python 3"
    elif left_out:
        unit = left_out[-1]
        place = code.places.place(unit.line)
        found.names[name] = f"which is set at {place}, and only definitions run"
        fact = f"{name} is set outside of definitions, and only those run"
        remedy = f"give {name} to {_listed(users)} as an argument"
        if unit.purpose is Purpose.DEFINITION:
            found.names[name] = f"which has a decorator that is missing ({place})"
            fact, remedy = f"{name} has a decorator that is missing", "take the decorator out"
        found.remarks.append(remark(RemarkKind.LEFT_OUT, fact, place, remedy, users))
    elif stars:
        modules = " or ".join(_spelled(s) for s in stars)
        found.names[name] = f"which comes from {modules}, and that {_where(stars[0])}"
    elif name in _PYTHON2 and not (compat and TELLTALE.search(name)):
        _of_python2(name, kept, code, compat, found)


def _of_python2(
    name: str, kept: KeptCode, code: UnderstoodCode, compat: bool, found: MissingNames
) -> None:
    users, instead = kept.users(name), _PYTHON2[name]
    unit = next((u for u in kept.units if name in u.uses), None)
    place = code.places.place(unit.line) if unit else ""
    if compat:
        fact, remedy = f"{name} is Python 2's, and stands for {instead}", f"write {instead}"
        found.remarks.append(remark(RemarkKind.TRANSLATED, fact, place, remedy, users))
        return
    fact, remedy = f"{name} is Python 2's", f"write {instead}, or check with --compat"
    found.remarks.append(remark(RemarkKind.MISSING, fact, place, remedy, users))
    found.names[name] = f"which is Python 2's: {remedy}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def left_out(units: list[Unit], code: UnderstoodCode) -> Iterator[Remark]:
    """That statements outside of definitions do not run, in one sentence."""
    lines = [u.line for u in units if u.purpose is Purpose.OTHER and not _only_text(u)]
    if lines:
        count = f"{len(lines)} statements" if len(lines) > 1 else "1 statement"
        fact = f"{count} outside of definitions did not run"
        yield remark(RemarkKind.LEFT_OUT, fact, code.places.many(lines))


def _only_text(unit: Unit) -> bool:
    value = getattr(unit.node, "value", None)
    return type(getattr(value, "value", None)) in (str, int)
