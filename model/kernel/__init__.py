"""The density of any case as a recorded program, and the one compiled kernel that runs it."""
