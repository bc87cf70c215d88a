"""The words of an update, by the path of files written earlier; see deltarule.language.updates."""

from deltarule.language.updates import *
