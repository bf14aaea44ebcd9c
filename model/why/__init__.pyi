from .chain import Chain as Chain
from .chain import chain as chain
from .claim import Claim as Claim
from .claim import claim as claim
