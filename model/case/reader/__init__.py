"""Read and check the files of a case."""
