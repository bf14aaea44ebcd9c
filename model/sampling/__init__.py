"""Draws from a density: fits of a case and of changed inputs.

A ``Synthesis`` and sampler options give a ``Posterior`` with its convergence. ``whitening`` makes
the density easy to sample, ``whatif`` changes evidence and priors, and ``reweighting`` leaves out
single rows without a refit where that is reliable.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
