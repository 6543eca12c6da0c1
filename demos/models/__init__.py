"""Small models that train: each leaves a page with its graphs, its curves and a film of its training."""
