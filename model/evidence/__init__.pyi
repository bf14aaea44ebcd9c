from .economy import Layout as Layout
from .hedges import likelihood_of_truth as likelihood_of_truth
from .likelihood import Evidence as Evidence
from .readable.density import pymc_model as pymc_model
from .synthesis import Synthesis as Synthesis
