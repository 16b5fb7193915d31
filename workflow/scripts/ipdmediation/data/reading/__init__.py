"""Reading a trial's own file, in the format it was delivered in, without guessing at its codes."""

from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.reading.registry import FORMATS, read_raw

__all__ = ["FORMATS", "RawTable", "read_raw"]
