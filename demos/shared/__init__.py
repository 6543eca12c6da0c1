"""What the demos share: their catalogue, pages, figures, data, and training with its progress."""
