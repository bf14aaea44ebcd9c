"""Does the program recover the truth? Simulated cases with known answers.

The package takes a case and returns a ``CheckResult`` for each of three studies: whether intervals
contain the truth, whether planted slips are found, and whether copies of a claim carry no more
weight than one. Results are saved as they are computed, so a study can be interrupted and
extended. The command is ``python -m model.calibration``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
