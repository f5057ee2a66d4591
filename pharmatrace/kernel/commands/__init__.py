"""Commands of `python -m pharmatrace.kernel`, one module each: NAME, HELP, add_arguments, run."""
