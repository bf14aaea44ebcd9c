"""The same model in plain PyMC with names, for reading, sampling and testing the kernel."""

from model.evidence.readable.density import pymc_model

__all__ = ["pymc_model"]
