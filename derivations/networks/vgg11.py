"""VGG with eleven layers of weights (configuration A of `vgg`)."""

from deltarule.language import *

N = size("N")

x = input("x", N, 3, 224, 224)
layer("vgg", x, configuration="A", last=True)
