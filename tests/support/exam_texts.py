"""Exam files for the tests: a small one with all kinds of questions, and wrong ones."""

EXAM = """
title = "All kinds"
network = "mlp"
rate = 1

[options]
layers = 2
bias = false
orientation = "ThetaTx"
batch = false

[rounding]
decimals = 2

[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]

[names]
W2 = "Theta2"

[[question]]
id = "1a"
kind = "numbers"
text = "Work out {h1} and {yhat} for {x = }."
asked = ["h1", "yhat"]
marks = 3

[[question]]
id = "1b"
kind = "formula"
asked = "dE/dW2"
marks = 2

[[question]]
id = "1c"
kind = "numbers"
asked = ["dE/dTheta2", "Theta2 after"]
marks = { "dE/dTheta2" = 2, "Theta2 after" = 1 }

[[question]]
id = "2"
kind = "counting"
of = "lenet5"
what = "parameters"
layer = "conv2"

[[question]]
id = "3"
kind = "code"
function = ["affine_forward", "affine_backward"]
convention = "cs231n"
marks = 4

[[question]]
id = "4"
kind = "choice"
text = "Where is the slope of {sigma} largest, at $x_{0}$?"
choices = ["at 0", "at 1", "where it is 0"]
right = "a"
explanation = "There it is a half."
marks = 2
[question.because]
b = "At 1 it is less."
"""

CHOICES = """
title = "A self-test"
[[question]]
id = "1"
kind = "choice"
choices = { yes = "It does.", no = "It does not." }
right = "yes"
"""

_NUMBERS = 'id = "1"\nkind = "numbers"\nasked = ["h1"]\n'
_CHOICE = 'id = "1"\nkind = "choice"\nchoices = ["p", "q"]\nright = "a"\n'
_COUNT = 'id = "1"\nkind = "counting"\nof = "lenet5"\nwhat = "parameters"\n'
_CODE = 'id = "1"\nkind = "code"\nfunction = "f"\nlike = "dense"\n'
_SHEET = 'title = "T"\nnetwork = "mlp"\n'


def _question(table: str, sheet: str = 'title = "T"\nnetwork = "mlp"\n') -> str:
    return f"{sheet}[[question]]\n{table}"


#: What is wrong, and part of what the reader says of it.
WRONG = {
    "no title": ('network = "mlp"\n' + "[[question]]\n" + _NUMBERS, "title"),
    "a number for a title": ('title = 3\nnetwork = "mlp"\n', "3 stands where a text"),
    "an unknown key": (_SHEET + "totals = 3\n", "unknown key 'totals'"),
    "questions are no list": (_SHEET + "question = 3\n", "3 stands where a list belongs"),
    "no question": (_SHEET + "question = []\n", "a list of 0"),
    "a question that is no table": (_SHEET + 'question = ["1a"]\n', '"1a" stands where a table'),
    "no id": (_question('kind = "numbers"\nasked = ["h1"]\n'), "id is missing"),
    "an empty id": (_question(_NUMBERS.replace('"1"', '""')), "an empty text stands where an id"),
    "an id with a blank": (_question(_NUMBERS.replace('"1"', '"1 a"')), '"1 a" stands where an id'),
    "no kind": (_question('id = "1"\nasked = ["h1"]\n'), "kind is missing"),
    "an unknown kind": (
        _question(_NUMBERS.replace("numbers", "number")),
        'did you mean "numbers"|did you mean .numbers',
    ),
    "nothing asked": (_question('id = "1"\nkind = "formula"\n'), "asked is missing"),
    "an empty list is asked": (_question(_NUMBERS.replace('["h1"]', "[]")), "a list stands where"),
    "negative marks": (_question(_NUMBERS + "marks = -1\n"), "-1 stands where a number of points"),
    "marks in words": (_question(_NUMBERS + 'marks = "two"\n'), '"two" stands where'),
    "negative marks of a step": (_question(_NUMBERS + "marks = {h1 = -2}\n"), "a table stands"),
    "run 0": (_question(_NUMBERS + "run = 0\n"), "0 stands where a whole number from 1"),
    "a key of another kind": (_question(_NUMBERS + 'right = "a"\n'), "unknown key 'right'"),
    "marks in a table of a choice": (_question(_CHOICE + "marks = {a = 1}\n"), "a table stands"),
    "one choice": (_question(_CHOICE.replace(', "q"', "")), "a list stands where a list of at"),
    "choices of numbers": (_question(_CHOICE.replace('"p"', "1")), "a list stands where a list of"),
    "no right choice": (_question(_CHOICE.replace('right = "a"\n', "")), "right is missing"),
    "an unknown figure": (_question(_COUNT.replace("parameters", "weights")), '"weights" stands'),
    "nothing counted": (_question(_COUNT.replace('of = "lenet5"\n', "")), "of is missing"),
    "a size in words": (_question(_COUNT + 'sizes = {N = "one"}\n'), '"one" stands where a whole'),
    "two ways of code": (
        _question(_CODE + 'convention = "cs231n"\n'),
        "like and convention stand together",
    ),
    "a map without a derivation": (
        _question(_CODE.replace('like = "dense"', 'convention = "c"') + 'map = {dout = "dy"}\n'),
        "map says nothing without like",
    ),
    "no function": (_question(_CODE.replace('function = "f"\n', "")), "function is missing"),
    "a total in words": (_SHEET + 'total = "ten"\n', '"ten" stands where a number of points'),
    "an unknown policy": (_SHEET + '[marks]\nfollows = "some"\n', "follows = 'some'"),
    "decimals and figures": (
        _SHEET + "[rounding]\ndecimals = 2\nsignificant = 3\n",
        "both decimals and significant figures",
    ),
    "decimals below 0": (_SHEET + "[rounding]\ndecimals = -1\n", "decimals = -1"),
    "an unknown rule": (_SHEET + '[rounding]\nrule = "up"\n', "there is no rounding rule 'up'"),
    "true as a number": (_SHEET + "[given]\nx = true\n", "true stands where a number"),
    "asked is a text": (_SHEET + 'asked = "h1"\n', "stands where a list belongs"),
}
