"""What a laid-out picture becomes: SVG with a title and a description, PDF, TikZ, GIF, and a film of several pictures.

All of them start from the SVG or PNG that the layout engine writes, so they show the same boxes in the same places.
"""
