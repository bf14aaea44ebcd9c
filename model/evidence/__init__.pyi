from .economy import Layout as Layout
from .likelihood import Evidence as Evidence
from .readable.density import pymc_model as pymc_model
from .synthesis import Synthesis as Synthesis
