from .native import Map as Map
from .native import density as density
from .native import evaluate as evaluate
from .program import Program as Program
from .tape import Tape as Tape
