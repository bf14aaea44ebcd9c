"""Does the program tell the truth? Simulated cases with known answers.

It takes a case and gives a ``CheckResult`` for each of three studies: whether intervals hold the
truth, whether planted slips are found, whether copies of a claim teach no more than one. What is
done is kept, so that a study can be interrupted and extended: ``python -m model.calibration``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
