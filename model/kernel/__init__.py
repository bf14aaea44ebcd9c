"""The density of any case as a list of operations, and the one compiled program that runs them all."""
