"""What a submission may use."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; where it takes more, its process is ended, or refused it.

    `seconds` of each call by the clock, from question to answer; `processor` seconds of the whole
    submission. `memory` is its address space in bytes, that of Python and NumPy included.
    `scratch` bytes in at most `scratch_files` files; `open_files` at once. `answer` bytes of arrays
    in one answer; `output` characters printed.
    """

    seconds: float = 10.0
    processor: int = 20
    memory: int = 1024 * MEBIBYTE
    scratch: int = 16 * MEBIBYTE
    scratch_files: int = 256
    open_files: int = 64
    answer: int = 64 * MEBIBYTE
    output: int = 1_000_000

    def for_kernel(self) -> dict[str, int]:
        """The limits that the kernel keeps, by the names of `resource`."""
        return {
            "AS": self.memory,
            "CPU": self.processor,
            "DATA": self.memory,
            "FSIZE": self.scratch,
            "NOFILE": self.open_files,
            "NPROC": 64,
        }
