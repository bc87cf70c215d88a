"""VGG with nineteen layers of weights (configuration E of `vgg`)."""

from deltarule.language import *

N = size("N")

x = input("x", N, 3, 224, 224)
layer("vgg", x, configuration="E", last=True)
