"""Pages of cells: each answers one question by running, and ends with a function to write."""
