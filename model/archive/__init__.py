"""Runs on disk: from a question to an answer, fitted or found.

It takes a ``Question`` and gives the ``Answer``: a folder with draws, tables, inputs and a manifest
of checksums. A question asked before is read, not fitted again; a damaged run is reported and
never used. The command ``python -m model.archive`` lists, shows, compares and prunes runs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
