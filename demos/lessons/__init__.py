"""Lessons as pages of cells. Each one answers a question by running, and ends with functions to write."""
