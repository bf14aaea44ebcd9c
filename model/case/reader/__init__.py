"""Reading and checking the files of a case."""
