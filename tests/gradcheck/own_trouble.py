"""Functions that end the program, never end, print, or give what is no array; and a good one."""

import os
import sys
import warnings

import numpy as np

print("hello")


def quits(x):
    """x [N]"""
    sys.exit(0)


def quits_backward(x, dy):
    return dy


def dies(x):
    """x [N]"""
    return x


def dies_backward(x, dy):
    os._exit(0)


def endless(x):
    """x [N]"""
    while True:
        pass


def endless_backward(x, dy):
    return dy


def text(x):
    """x [N]"""
    return x


def text_backward(x, dy):
    return "dy"


def huge(x):
    """x [100000, 100000]"""
    return x


def huge_backward(x, dy):
    return dy


def chatty(x):
    """x [N]"""
    print("x is here")
    warnings.warn("careful", stacklevel=1)
    return 2 * x


def chatty_backward(x, dy):
    return 2 * dy


def unshaped(x):
    return x


def unshaped_backward(x, dy):
    return dy


def last(x):
    """x [N]"""
    return np.sin(x)


def last_backward(x, dy):
    return dy * np.cos(x)
