"""A person's file, imported; and what goes wrong in it, said in a line."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from deltarule.errors import DeltaruleError

#: What a person's code may end in; sys.exit raises SystemExit.
FAILURES = (Exception, SystemExit)


def imported(path: Path) -> ModuleType:
    """The module of a file, which is run. Raises DeltaruleError where that fails."""
    if not path.is_file():
        raise DeltaruleError(f"there is no file {path}", str(path.parent), "check the path")
    name = f"own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise DeltaruleError(f"{path} is not a Python file", str(path), "name it something.py")
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(path.parent.resolve()))
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise DeltaruleError(
            f"the file is not Python: {error.msg}",
            f"{path.name}, line {error.lineno}",
            "mend the line",
        ) from None
    except FAILURES as error:
        raise DeltaruleError(
            in_words(error), line_of(error, path), "run the file by itself and mend it"
        ) from None
    finally:
        sys.dont_write_bytecode = writes
        sys.modules.pop(name, None)
        sys.path.remove(str(path.parent.resolve()))
    return module


def in_words(error: BaseException) -> str:
    """An error of somebody's code, in a line."""
    if isinstance(error, SystemExit):
        return f"it ends the program: sys.exit({'' if error.code is None else repr(error.code)})"
    words = str(error).strip().splitlines()
    return f"{type(error).__name__}: {words[0]}" if words else type(error).__name__


def line_of(error: BaseException, path: Path | str) -> str:
    """The last line of a file that an error went through."""
    lines = [
        f.lineno
        for f in traceback.extract_tb(error.__traceback__)
        if Path(f.filename).name == Path(path).name
    ]
    return f"{Path(path).name}, line {lines[-1]}" if lines else Path(path).name
