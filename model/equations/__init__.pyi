from .accounts import worker_month as worker_month
from .quantities import BASIC as BASIC
from .quantities import DEFINITIONS as DEFINITIONS
from .quantities import HEADLINE as HEADLINE
from .workforce import stock as stock
