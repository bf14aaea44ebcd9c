"""Does the program recover the truth? Simulated cases with known answers.

The package takes a case and returns a ``CheckResult`` for each of four studies: whether intervals
contain the truth, whether planted slips are found, whether copies of a claim carry no more weight
than one, and how intervals fare in worlds that differ from the model. Results are saved as they
are computed, so a study can be interrupted and extended. The command is
``python -m model.calibration``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
