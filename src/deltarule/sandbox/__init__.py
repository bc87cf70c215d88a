"""Foreign Python, run where it can hurt nothing and knows nothing.

    with Sandbox() as sandbox, sandbox.submission() as own:
        own.load("def double(x): return 2 * x", "layers.py")
        outcome = own.call("double", np.ones(3))

A submission's process receives calls and gives arrays back; right answers never go there. Each
outcome has a verdict: what was returned, or which limit was reached, or what it did instead.
"""

from deltarule.sandbox.inside.messages import Kept, Other
from deltarule.sandbox.outcomes import Outcome, Verdict
from deltarule.sandbox.process_limits import Limits
from deltarule.sandbox.sandboxes import Isolation, Sandbox

__all__ = ["Isolation", "Kept", "Limits", "Other", "Outcome", "Sandbox", "Verdict"]
