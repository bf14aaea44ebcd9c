from .chain import Chain as Chain
from .chain import chain as chain
from .one_row import Claim as Claim
from .one_row import claim as claim
