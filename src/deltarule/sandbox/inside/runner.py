"""The process of one submission: its module is loaded, its functions are called, then it ends.

Nothing that it holds is secret, and nothing that it says is believed: limits are set here before
foreign code runs, and the kernel keeps them; everything else is courtesy to honest code.
"""

from __future__ import annotations

import errno
import importlib.abc
import importlib.util
import os
import resource
import sys
import traceback
import warnings
from types import ModuleType
from typing import Any

from .channel import Channel
from .messages import Blocks, Kept, Other, array_bytes, packed, picked
from .seccomp_filter import install
from .watched import Printed, Tried

_exit = os._exit
#: The status of a process that could not answer any more.
UNABLE = 70
#: Errors that say which limit was met, by their numbers.
_LIMITS = {
    errno.ENOSPC: "disk", errno.EFBIG: "disk", errno.EDQUOT: "disk", errno.EMFILE: "files",
    errno.EPERM: "refused", errno.EACCES: "refused", errno.EROFS: "refused",
    errno.ENOMEM: "memory", errno.EAGAIN: "refused",
}  # fmt: skip
_NEVER = ("CORE", "MEMLOCK", "MSGQUEUE", "SIGPENDING", "RTPRIO", "NICE")


def run(descriptor: int, request: dict[str, Any]) -> None:
    """Serve one channel until it is closed; does not return."""
    status = UNABLE
    try:
        printed = Printed(request["output"])
        tried = Tried((request["scratch"], *request["own"]))
        close_all_but(descriptor)
        _limit(request)
        if request["seccomp"]:
            install()
        sys.stdout = sys.stderr = printed
        _Submission(Channel(descriptor), printed, tried).serve()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        _exit(status)


def close_all_but(descriptor: int) -> None:
    """Close what is inherited: of descriptors above 2 one stays."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1024)


def _limit(request: dict[str, Any]) -> None:
    for name in _NEVER:
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (0, 0))
    for name, most in request["limits"].items():
        _, hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    os.chdir(request["scratch"])
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


class _Text(importlib.abc.InspectLoader):
    """Loads a module from its text, which stands in no file."""

    def __init__(self, text: str, path: str):
        self.text, self.path = text, path

    def get_source(self, fullname: str) -> str:
        """The text."""
        return self.text

    def get_code(self, fullname: str):
        """The text, compiled."""
        return self.source_to_code(self.text, self.path)


class _Submission:
    """A module, and what its functions gave."""

    def __init__(self, channel: Channel, printed: Printed, tried: Tried):
        self.channel, self.printed, self.tried = channel, printed, tried
        self.module: ModuleType | None = None
        self.name, self.kept, self.given = "", {}, {}

    def serve(self) -> None:
        while (request := self.channel.receive()) is not None:
            blocks, answer = Blocks(), {}
            self.printed.lines, self.tried.found = [""], []
            self.tried.listening = True
            try:
                answer = self._answer(request, blocks)
            except BaseException as error:
                self.tried.listening = False
                blocks, answer = Blocks(), self._failed(error)
            self.tried.listening = False
            answer["token"] = request["token"]
            answer["printed"] = self.printed.first_lines()
            answer["output"] = self.printed.total
            answer["tried"] = self.tried.found
            self.channel.send(answer, blocks)

    def _answer(self, request: dict[str, Any], blocks: Blocks) -> dict[str, Any]:
        if "load" in request:
            return self._load(request["load"], request["name"])
        values = request["values"]
        target = self._target(values.value(request["of"]), request["function"])
        if target is None:
            return {"verdict": "missing"}
        if not request["called"]:
            self.kept[request["number"]] = target
            return {"result": packed(target, blocks)}
        args = [self._own(values.value(a)) for a in request["args"]]
        named = {k: self._own(values.value(v)) for k, v in request["named"].items()}
        before = [array_bytes(a) for a in (*args, *named.values())]
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            result = target(*args, **named)
        self.kept[request["number"]], self.given[request["number"]] = result, args
        changed = [i for i, a in enumerate((*args, *named.values())) if array_bytes(a) != before[i]]
        names = [*range(len(args)), *named]
        return {
            "result": self._packed(result, request["only"], blocks),
            "changed": [names[i] for i in changed],
            "warned": [f"{w.category.__name__}: {w.message}"[:200] for w in found[:5]],
        }

    def _packed(self, result: Any, only: list[int] | None, blocks: Blocks) -> Any:
        if only is None or type(result) not in (tuple, list):
            return packed(result, blocks)
        here = [i in only for i in range(len(result))]
        parts = [v if sent else None for v, sent in zip(result, here)]
        return packed(tuple(parts) if type(result) is tuple else parts, blocks)

    def _load(self, text: str, name: str) -> dict[str, Any]:
        self.name = name
        spec = importlib.util.spec_from_loader("submission", _Text(text, name))
        if spec is None or spec.loader is None:
            raise ImportError("the module has no loader")
        module = importlib.util.module_from_spec(spec)
        module.__file__ = name
        sys.modules["submission"] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        self.module = module
        return {"result": None}

    def _target(self, of: Any, name: str) -> Any:
        thing = self._own(of) if of is not None else self.module
        for part in name.split(".") if name else ():
            thing = getattr(thing, part, None)
        return thing

    def _own(self, value: Any) -> Any:
        """A value, with what is kept here in the places where it is spoken of."""
        kind = type(value)
        if kind is Kept:
            return picked(value, self.kept, self.given)
        if kind is tuple or kind is list:
            return kind(self._own(v) for v in value)
        if kind is dict:
            return {k: self._own(v) for k, v in value.items()}
        return None if kind is Other else value

    def _failed(self, error: BaseException) -> dict[str, Any]:
        words = str(error).strip().splitlines()
        kind = type(error).__name__
        steps = traceback.walk_tb(error.__traceback__)
        lines = [n for frame, n in steps if frame.f_code.co_filename == self.name]
        line = lines[-1] if lines else None
        if isinstance(error, SyntaxError) and error.filename == self.name:
            line, words = error.lineno, [error.msg]
        return {
            "verdict": _verdict(error),
            "error": (f"{kind}: {words[0]}" if words else kind)[:500],
            "line": line,
        }


def _verdict(error: BaseException) -> str:
    if isinstance(error, SystemExit | KeyboardInterrupt | GeneratorExit):
        return "exited"
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, OSError):
        return _LIMITS.get(error.errno or 0, "raised")
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "refused"
    return "raised"
