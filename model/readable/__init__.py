"""The same model as plain PyMC, with names: to read, to sample, and to test the kernel against."""

from model.readable.density import pymc_model

__all__ = ["pymc_model"]
