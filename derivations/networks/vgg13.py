"""VGG with thirteen layers of weights (configuration B of `vgg`)."""

from deltarule.language import *

N = size("N")

x = input("x", N, 3, 224, 224)
layer("vgg", x, configuration="B", last=True)
