"""Small models that train: each one makes a page with its graphs, its curves and a film of its training."""
