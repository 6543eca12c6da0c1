"""What the demos share: their catalogue, pages, figures and data, and training with its progress display."""
