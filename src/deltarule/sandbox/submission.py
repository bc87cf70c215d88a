"""One submission in a sandbox, from outside: calls go in, and what comes back is examined."""

from __future__ import annotations

import secrets
import signal
import socket
from collections.abc import Sequence
from time import monotonic
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.sandbox.inside.messages import (
    FRAME,
    BadMessage,
    Blocks,
    Kept,
    TooLarge,
    Unpacking,
    lengths,
    other_types,
    packed,
    parsed,
    to_bytes,
)
from deltarule.sandbox.outcomes import Outcome, Verdict
from deltarule.sandbox.process_limits import Limits
from deltarule.sandbox.warm_worker import WarmWorker, WorkerEnded

#: The verdicts that the process of a submission may give on itself.
_OWN = {
    "raised": Verdict.RAISED,
    "missing": Verdict.MISSING,
    "exited": Verdict.EXITED,
    "refused": Verdict.REFUSED,
    "memory": Verdict.MEMORY,
    "disk": Verdict.DISK,
    "files": Verdict.FILES,
}


class _Closed(Exception):
    """The other side has closed the channel."""


class Submission:
    """A file's text in a process of its own, and calls of what it defines.

    It ends with the first call that is not answered: from then on each outcome says why.
    """

    def __init__(self, worker: WarmWorker, limits: Limits):
        self.limits, self._worker = limits, worker
        self._number, self._end, self._name = 0, None, "the submission"
        self._channel: socket.socket | None = None
        try:
            self._channel = worker.begin(limits)
        except WorkerEnded:
            self._end = Outcome(Verdict.CRASHED, detail="the sandbox has ended")

    def __enter__(self) -> Submission:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether calls are still answered."""
        return self._end is None

    def load(self, text: str, name: str = "submission.py") -> Outcome:
        """Run the text of a module. `name` is the file's, as errors tell it."""
        self._name = name
        return self._asked({"load": text, "name": name}, Blocks())

    def call(
        self,
        function: str,
        *args: Any,
        of: Kept | None = None,
        only: Sequence[int] | None = None,
        **named: Any,
    ) -> Outcome:
        """Call a function by its name, or a method (`of` a value that is kept there).

        Arguments are numbers, text, arrays, tuples, lists, dictionaries, and `Kept`: what an
        earlier call gave. Of a tuple, `only` these entries are sent back; the others come as None.
        Raises DeltaruleError where an argument is of another type.
        """
        return self._request(function, of, True, args, named, only)

    def get(self, name: str, of: Kept | None = None) -> Outcome:
        """The value of a name of the module, or of an attribute of a value that is kept there."""
        return self._request(name, of, False, (), {}, None)

    def close(self) -> None:
        """End its process."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            if self._end is None:
                self._end = Outcome(Verdict.EXITED, detail="it was closed")
                self._how(kill=False)

    # ---- asking ----------------------------------------------------------------------------------

    def _request(self, function, of, called: bool, args, named, only) -> Outcome:
        blocks = Blocks()
        message = {
            "function": function,
            "called": called,
            "of": packed(of, blocks),
            "args": [_argument(a, blocks) for a in args],
            "named": {k: _argument(v, blocks) for k, v in named.items()},
            "only": None if only is None else list(only),
        }
        return self._asked(message, blocks)

    def _asked(self, message: dict[str, Any], blocks: Blocks) -> Outcome:
        self._number += 1
        if self._end is not None or self._channel is None:
            return Outcome(
                self._end.verdict if self._end else Verdict.EXITED,
                number=self._number,
                detail=f"before this call ({self._end.detail})" if self._end else "",
            )
        token = secrets.token_hex(8)
        message = {**message, "number": self._number, "token": token}
        try:
            answer, value = self._exchanged(to_bytes(message, blocks), token)
        except TimeoutError:
            return self._stopped(Verdict.SECONDS, f"{self.limits.seconds:g} s for one call")
        except TooLarge as large:
            return self._stopped(Verdict.ANSWER, f"{large}, of {self.limits.answer}")
        except BadMessage as bad:
            return self._stopped(Verdict.FORGED, str(bad))
        except (_Closed, OSError):
            return self._stopped(None, "")
        return self._outcome(answer, value)

    def _exchanged(self, question: bytes, token: str) -> tuple[dict[str, Any], Any]:
        deadline = monotonic() + self.limits.seconds
        self._sent(question, deadline)
        text, arrays = lengths(bytes(self._exactly(FRAME.size, deadline)), self.limits.answer)
        json_text = bytes(self._exactly(text, deadline))
        answer, found = parsed(json_text, self._exactly(arrays, deadline))
        if answer.get("token") != token:
            raise BadMessage("an answer came that was not asked for")
        return answer, Unpacking(found).value(answer.get("result"))

    def _sent(self, data: bytes, deadline: float) -> None:
        left = memoryview(data)
        while left and self._channel is not None:
            self._channel.settimeout(_left(deadline))
            left = left[self._channel.send(left) :]

    def _exactly(self, count: int, deadline: float) -> bytearray:
        found, at = bytearray(count), 0
        view = memoryview(found)
        while at < count and self._channel is not None:
            self._channel.settimeout(_left(deadline))
            more = self._channel.recv_into(view[at:])
            if not more:
                raise _Closed
            at += more
        return found

    # ---- what came of it -------------------------------------------------------------------------

    def _outcome(self, answer: dict[str, Any], value: Any) -> Outcome:
        line = answer.get("line")
        found = Outcome(
            Verdict.RETURNED,
            value,
            self._number,
            line=line if type(line) is int else None,
            printed=_texts(answer.get("printed")),
            warned=_texts(answer.get("warned")),
            changed=[c for c in _list(answer.get("changed")) if type(c) in (int, str)],
            tried=_texts(answer.get("tried")),
        )
        output, said = answer.get("output"), answer.get("verdict")
        if type(output) is int and output > self.limits.output:
            found.verdict, found.value = Verdict.OUTPUT, None
            found.detail = f"{self.limits.output} characters"
        elif said is not None:
            found.verdict, found.value = _OWN.get(str(said), Verdict.RAISED), None
            found.detail = "".join(_texts([answer.get("error")]))
        elif others := sorted(other_types(value)):
            found.verdict, found.detail = Verdict.OTHER, ", ".join(others)
        return found

    def _stopped(self, verdict: Verdict | None, detail: str) -> Outcome:
        """Its process is ended, and why it ended comes from what the kernel says."""
        how = self._how(kill=verdict is not None)
        if verdict is None:
            verdict, detail = self._why(how)
        self._end = Outcome(verdict, number=self._number, detail=detail)
        return self._end

    def _how(self, kill: bool) -> dict[str, Any] | None:
        try:
            return self._worker.ended(kill)
        except WorkerEnded:
            return None

    def _why(self, how: dict[str, Any] | None) -> tuple[Verdict, str]:
        if how is None:
            return Verdict.CRASHED, "the sandbox has ended with it"
        code = how["code"]
        if how["cpu"] >= self.limits.processor - 0.5 and code in (-signal.SIGKILL, -signal.SIGXCPU):
            return Verdict.PROCESSOR, f"{self.limits.processor} s"
        if how["killed"]:
            return Verdict.EXITED, "it closed its channel"
        if code < 0:
            return Verdict.CRASHED, f"signal {-code}: {_signal(-code)}"
        return Verdict.EXITED, f"its process ended, with status {code}"


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _argument(value: Any, blocks: Blocks) -> Any:
    tree = packed(value, blocks)
    if others := _not_sent(tree):
        raise DeltaruleError(
            f"an argument of type {', '.join(sorted(others))} cannot be sent",
            "a call in the sandbox",
            "send numbers, text, arrays, tuples, lists and dictionaries",
        )
    return tree


def _not_sent(tree: Any) -> set[str]:
    """The names of types that stand in the JSON of a value as `other`."""
    if type(tree) is dict and "other" in tree:
        return {tree["other"]}
    parts = tree.values() if type(tree) is dict else tree if type(tree) is list else ()
    return {name for part in parts for name in _not_sent(part)}


def _list(value: Any) -> list:
    return value[:20] if type(value) is list else []


def _texts(value: Any) -> list[str]:
    return [text[:500] for text in _list(value) if type(text) is str]


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
