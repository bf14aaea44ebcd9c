from .screen import Talk as Talk
from .screen import interruptible as interruptible
from .wording import interval as interval
from .wording import percent as percent
