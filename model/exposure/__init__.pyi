from .as_data import table as table
from .networks import Exposures as Exposures
from .networks import exposures as exposures
