"""The modules, one file per kind, each with its functions of nested lists: see nn and nn.functional, which export them."""
