"""The generators of mistakes, file by file, simple ones first.

A new kind of mistake is a function in the file of its subject, and its name in the table at that
file's end. A file is named here.
"""

from __future__ import annotations

from deltarule.marking.mistakes.activation_slopes import ROWS as ACTIVATION_SLOPES
from deltarule.marking.mistakes.activation_slopes import slope
from deltarule.marking.mistakes.again import ROWS as AGAIN
from deltarule.marking.mistakes.array_layout import ROWS as ARRAY_LAYOUT
from deltarule.marking.mistakes.array_layout import TRIED_LAST as ORDERS_OF_ENTRIES
from deltarule.marking.mistakes.gates import ROWS as GATES
from deltarule.marking.mistakes.misread import TRIED_LAST as MISREAD
from deltarule.marking.mistakes.overwritten import ROWS as OVERWRITTEN
from deltarule.marking.mistakes.paths import ROWS as PATHS
from deltarule.marking.mistakes.penalties import ROWS as PENALTIES
from deltarule.marking.mistakes.powers import ROWS as POWERS
from deltarule.marking.mistakes.proportional_errors import ROWS as PROPORTIONAL_ERRORS
from deltarule.marking.mistakes.softmax import ROWS as SOFTMAX
from deltarule.marking.mistakes.statistics import ROWS as STATISTICS
from deltarule.marking.mistakes.sums import ROWS as SUMS
from deltarule.marking.mistakes.times import ROWS as TIMES
from deltarule.marking.mistakes.times import cut, wrong_time
from deltarule.marking.mistakes.windows import ROWS as WINDOWS
from deltarule.marking.mistakes.wrong_axis import ROWS as WRONG_AXIS
from deltarule.marking.mistakes.wrong_constants import ROWS as WRONG_CONSTANTS
from deltarule.marking.mistakes.wrong_factors import ROWS as WRONG_FACTORS
from deltarule.marking.mistakes.wrong_functions import ROWS as WRONG_FUNCTIONS
from deltarule.marking.mistakes.wrong_groups import ROWS as WRONG_GROUPS
from deltarule.marking.mistakes.wrong_tensor import ROWS as WRONG_TENSOR
from deltarule.marking.mistakes.wrong_tensor import transposed
from deltarule.marking.mistakes.wrong_updates import ROWS as WRONG_UPDATES

ROWS = (
    *ACTIVATION_SLOPES,
    *TIMES,
    *WRONG_TENSOR,
    *SUMS,
    *WRONG_FACTORS,
    *POWERS,
    *WRONG_CONSTANTS,
    *GATES,
    *WINDOWS,
    *STATISTICS,
    *PATHS,
    *OVERWRITTEN,
    *AGAIN,
    *WRONG_AXIS,
    *ARRAY_LAYOUT,
    *WRONG_FUNCTIONS,
    *WRONG_UPDATES,
    *PROPORTIONAL_ERRORS,
    *SOFTMAX,
    *PENALTIES,
    *WRONG_GROUPS,
)

#: The rows that are tried last: numbers copied or read wrongly, many for every line.
TRIED_LAST = (*ORDERS_OF_ENTRIES, *MISREAD)

#: The rows whose mistakes numbers hide most often: one time alone, zero states, symmetric weights.
OFTEN_HIDDEN = (slope, cut, wrong_time, transposed)
