"""Tests, by wing; what a user has set for the program is not meant for them."""

import os

os.environ.pop("SENT_WORKERS_RUNS", None)
