from .misspecified import compared as compared
from .self_test import run_self_test as run_self_test
from .study import Plan as Plan
from .study import calibrated as calibrated
