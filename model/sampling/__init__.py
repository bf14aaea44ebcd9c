"""From a density to draws: fits, and fits of changed inputs.

It takes a ``Synthesis`` and sampler options and gives a ``Posterior`` with its convergence.
``whitening`` makes the density easy to sample, ``whatif`` changes evidence and priors,
``reweighting`` leaves out single rows without a fit where that can be relied on.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
