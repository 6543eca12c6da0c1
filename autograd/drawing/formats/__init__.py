"""Turn a laid-out picture into SVG with a title and a description, PDF, TikZ, GIF, or a film of several pictures.

All of them start from the SVG or PNG that the layout engine writes, so they show the same boxes in the same places.
"""
