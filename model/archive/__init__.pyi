from .answer import Answer as Answer
from .answer import Hooks as Hooks
from .answer import read_inputs as read_inputs
from .check_result import CheckResult as CheckResult
from .naming import NoSuchRunError as NoSuchRunError
from .saved_fit import Fitted as Fitted
from .store import DamagedRunError as DamagedRunError
