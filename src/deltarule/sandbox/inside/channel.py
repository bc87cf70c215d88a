"""The sandbox's end of a channel: messages read from it and written to it."""

from __future__ import annotations

import os
from typing import Any

from .messages import FRAME, Blocks, Unpacking, lengths, parsed, to_bytes

_read, _write = os.read, os.write
#: What the parent may send at once; it keeps to its own limits.
MOST_BYTES = 1 << 32


class Channel:
    """A file descriptor with messages."""

    def __init__(self, descriptor: int):
        self.descriptor = descriptor

    def receive(self) -> dict[str, Any] | None:
        """The next message; None where the other side has closed."""
        frame = self._exactly(FRAME.size)
        if frame is None:
            return None
        text, arrays = lengths(bytes(frame), MOST_BYTES)
        json_text, data = self._exactly(text), self._exactly(arrays)
        if json_text is None or data is None:
            return None
        message, found = parsed(bytes(json_text), data)
        return {**message, "values": Unpacking(found, kept=True)}

    def _exactly(self, count: int) -> bytearray | None:
        found = bytearray()
        while len(found) < count:
            more = _read(self.descriptor, min(count - len(found), 1 << 20))
            if not more:
                return None
            found += more
        return found

    def send(self, message: dict[str, Any], blocks: Blocks) -> None:
        """Write a message."""
        left = memoryview(to_bytes(message, blocks))
        while left:
            left = left[_write(self.descriptor, left) :]
