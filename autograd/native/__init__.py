"""C on this machine: find a compiler, build libraries and keep them, and lay out memory as C reads it."""
