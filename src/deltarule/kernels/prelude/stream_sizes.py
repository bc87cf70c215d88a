"""What counts as larger than a cache (`streams`), for kernels and for what writes them."""

from __future__ import annotations

# ---- what follows goes into kernels

#: A thread has 16 MiB of the last cache. Results of more bytes than half of them are written past
#: it; rows of what holds more than a quarter are read EARLY bytes before they are needed. And so
#: many entries are a block: with fewer, LLVM makes no vectors of them.
STREAMED, FAR, EARLY, AT_ONCE = 1 << 23, 1 << 22, 1 << 13, 64
#: How many threads results are taken to be shared by, in kernels that have more than one.
USUAL_THREADS = 2
