"""A newspaper's sentence against the posterior of a run.

Each figure is supported, stretched, contradicted or about something else. Rules read hedges,
sizes, units, places and dates; no language model is asked, and what a sentence leaves open is
said. The command is ``python -m model.claims RUN FILE``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
