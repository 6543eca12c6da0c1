"""The command line: step through an expression without writing Python, and check whether a machine is ready."""
