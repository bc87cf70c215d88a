"""`deltarule train`: its options."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, option, use


class Train(Asked):
    """Train a network on handwritten digits with derived kernels alone."""

    network: Annotated[
        str, option("Takes images, tells classes apart.", "NAME", names.derivations)
    ] = "lenet5"
    update: Annotated[str, option("adam, momentum, gradient_descent, …", "NAME", names.updates)] = (
        "adam"
    )
    rate: Annotated[float | None, option("Learning rate, if not the update's own.", "RATE")] = None
    batch: Annotated[int, option("Images a step.", "N")] = 64
    epochs: Annotated[int, option("How often all images are learnt from.", "N")] = 20
    shift: Annotated[int, option("Images are moved by up to so much each time.", "PIXELS")] = 2
    few: Annotated[int, option("So many are learnt by heart first; 0 leaves it out.", "N")] = 20
    held_out: Annotated[int, option("So many are kept to try the network on.", "N")] = 360
    seed: Annotated[int, option("What all that is random is drawn from.", "N")] = 0
    threads: Annotated[
        int, option("Cores that share the loops, at most all; digits stay.", "N")
    ] = 1


ROW = Row(
    Train,
    (
        use(
            "a course of training",
            ".cli.train:show_training",
            "",
            "network update rate batch epochs shift few held-out seed threads",
            words=False,
        ),
    ),
    (
        ("deltarule train", "LeNet-5 on handwritten digits"),
        (
            "deltarule train --network keras_cnn --update momentum --rate 0.01 --epochs 5",
            "another network and update",
        ),
        ("deltarule train --network keras_cnn --threads 2", "on two cores"),
    ),
    wrong="not even a few samples could be learnt by heart",
)
