"""The same model as plain PyMC, with names: to read, to sample, and to test the kernel against."""

from model.evidence.readable.density import pymc_model

__all__ = ["pymc_model"]
