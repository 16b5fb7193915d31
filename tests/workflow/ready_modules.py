# ruff: noqa: F401
"""What a ready process has loaded: all modules of others that scripts use, and numba's own tables."""

import gc

import docx
import fontTools.subset
import formulaic
import great_tables
import jinja2
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_pdf
import matplotlib.backends.backend_svg
import numba
import pandas.io.formats.csvs
import pandera.pandas
import pint
import pyarrow.dataset
import pyarrow.pandas_compat
import pyarrow.parquet
import scipy.linalg
import scipy.optimize
import scipy.stats
import snakemake.cli

# All fill tables of theirs when they are used for the first time; Snakemake's is that of its plugins.
numba.njit(lambda: 0)()
pandera.pandas.DataFrameSchema({}).validate(pandas.DataFrame())
snakemake.cli.get_argument_parser()
gc.freeze()  # what is loaded stays, and need not be gone through
