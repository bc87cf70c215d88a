"""Kernels' files as modules: Python's compiled form of them has a fingerprint at its end.

Python runs whatever its cached bytecode holds, and a damaged one may end the process.
"""

from __future__ import annotations

import hashlib
from importlib.machinery import BYTECODE_SUFFIXES, SourceFileLoader

from deltarule.kernels.cache.held_texts import text_of

_LENGTH = hashlib.sha256().digest_size


class CheckedLoader(SourceFileLoader):
    """Loads a file; bytecode that is not as it was written is made anew."""

    def get_data(self, path: str) -> bytes:
        """The file's bytes. Raises OSError for damaged bytecode, which then counts as none."""
        if not path.endswith(tuple(BYTECODE_SUFFIXES)):
            return text_of(path)
        data = super().get_data(path)
        code, stored = data[:-_LENGTH], data[-_LENGTH:]
        if hashlib.sha256(code).digest() != stored:
            raise OSError(f"{path} is damaged")
        return code

    def set_data(self, path: str, data: bytes, *, _mode: int = 0o666) -> None:
        """Keep bytecode, with its fingerprint; Python leaves it out where that fails."""
        super().set_data(path, data + hashlib.sha256(data).digest(), _mode=_mode)
