from .blocks import project as project
from .prediction import fitted_rows as fitted_rows
from .projection import Projection as Projection
from .projection import Projector as Projector
from .projection import quantiles as quantiles
