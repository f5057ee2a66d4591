"""A short, fixed run of the fuzzer over every reader; `make fuzz` is the long one."""

from __future__ import annotations

import time
from itertools import islice

import pytest

from tests.fuzz.plain_engine import MOST_SECONDS, alarm, inputs
from tests.fuzz.reader import vectors_folder
from tests.fuzz.readers import READERS

# As many as take some two seconds.
INPUTS = {"calibration": 15, "bundle": 80, "commands": 150, "json": 300, "xml": 300}
USUALLY = 500


@pytest.mark.parametrize("name", READERS)
def test_mutated_inputs_break_no_law(name):
    reader = READERS[name]
    reader.check(b"")
    for data in islice(fuzzed(name), INPUTS.get(name, USUALLY)):
        try:
            with alarm(MOST_SECONDS):
                reader.check(data)
        except Exception as fault:
            fault.add_note(f"{name} was given {data[:2000]!r}")
            raise


def fuzzed(name):
    """Mutations only: the seeds themselves are read by the other tests."""
    reader = READERS[name]
    return islice(inputs(reader, 20, vectors_folder()), len(reader.seeds(vectors_folder())), None)


def test_an_input_that_takes_too_long_is_told():
    with pytest.raises(TimeoutError), alarm(1):
        end = time.process_time() + 3
        while time.process_time() < end:
            pass
