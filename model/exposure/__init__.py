"""Exposure of firms, and of firms that are linked, to what the state earns.

For each firm of a case, the package computes what the workers approved for it, or paid for by its
contracts, bring under each definition of revenue, draw by draw. Firms tied by links of the kinds
asked for are summed as networks. No fit is run. The command is ``python -m model.exposure RUN``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
