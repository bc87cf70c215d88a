"""Students' code: read, recognised, called in a sandbox, judged function by function."""

from deltarule.submissions.check_submission import check_submission
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, SubmissionReport

__all__ = ["FunctionFinding", "FunctionVerdict", "SubmissionReport", "check_submission"]
