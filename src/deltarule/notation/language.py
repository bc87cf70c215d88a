"""The words of a derivation file, by the path of files written earlier; see deltarule.language."""

from deltarule.language.words import *
