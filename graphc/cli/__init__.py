"""The command line: one command a file, each importing only what it needs when it runs."""
