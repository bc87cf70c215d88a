"""A network that tells classes apart, with what its training minimises: the mean of −log p[label].

Its outputs are taken as they come, as logits z[n, c] of class c for example n.
"""

from deltarule.language import *

network = option("network", "lenet5", "the network whose outputs are the logits")

z = layer(network)
layer("label_cross_entropy", z, mean=True, last=True)
