"""A recorded graph in words and formulas: names, sentences, sums over paths, lines of source, and signs of trouble."""
