"""The command line: step through an expression without writing Python, and ask whether a machine is ready."""
