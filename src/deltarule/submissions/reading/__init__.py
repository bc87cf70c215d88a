"""What students hand in, read for a sandbox: `.py` files and notebooks, of any age.

    submitted, loading = loadable(read_submission("layers.py", compat=True), sandbox)
    with sandbox.submission() as own:
        load_into(submitted, own)

Only definitions run, and what they need. What is missing, was left out, translated or could not
be loaded is said in `submitted.remarks`.
"""

from deltarule.submissions.reading.loadable_file import load_into, loadable
from deltarule.submissions.reading.read_submission import module_text, read_source, read_submission
from deltarule.submissions.reading.remarks import Remark, RemarkKind
from deltarule.submissions.reading.submitted_file import Definition, SubmittedFile

__all__ = [
    "Definition",
    "Remark",
    "RemarkKind",
    "SubmittedFile",
    "load_into",
    "loadable",
    "module_text",
    "read_source",
    "read_submission",
]
