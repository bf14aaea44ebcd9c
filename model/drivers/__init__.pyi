from .kept import Drivers as Drivers
from .kept import ask as ask
from .regression import Regression as Regression
