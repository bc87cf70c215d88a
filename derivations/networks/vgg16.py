"""VGG with sixteen layers of weights (configuration D of `vgg`)."""

from deltarule.language import *

N = size("N")

x = input("x", N, 3, 224, 224)
layer("vgg", x, configuration="D", last=True)
