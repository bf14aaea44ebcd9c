"""How much a state earns from the workers it sends abroad: a Bayesian evidence synthesis."""

__version__ = "0.1.0"
