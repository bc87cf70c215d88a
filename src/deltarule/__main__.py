"""`python -m deltarule`: the same as the command `deltarule`."""

from deltarule.cli.main import deltarule_main

if __name__ == "__main__":
    deltarule_main()
