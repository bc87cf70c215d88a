"""Numbers beside symbols, and derivatives checked a second way."""

from deltarule.checking.trace import Trace, trace

__all__ = ["Trace", "trace"]
