"""`python -m deltarule.train`: the same as the command `deltarule train`."""

from deltarule.cli.main import train_main

if __name__ == "__main__":
    train_main()
