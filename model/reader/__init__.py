"""Internals of ``model.case``: reading and checking the files of a case."""
