"""What runs inside the sandbox: the standard library and NumPy, nothing else of deltarule.

The folder alone is visible there, as a package `inside`; so its files import each other relatively.
"""
