from .as_data import table as table
from .by_firm import Exposed as Exposed
from .networks import Exposures as Exposures
from .networks import Network as Network
from .networks import exposures as exposures
