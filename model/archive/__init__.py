"""Runs on disk: answer a question by a new fit or from the archive.

The package turns a ``Question`` into an ``Answer``: a folder with draws, tables, inputs and a
manifest of checksums. A question already answered is read, not fitted again. A damaged run is
reported and never used. The command ``python -m model.archive`` lists, shows, compares and prunes
runs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
