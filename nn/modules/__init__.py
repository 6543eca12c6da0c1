"""The modules, a file a kind, each with its functions of nested lists: see nn and nn.functional, which export them."""
