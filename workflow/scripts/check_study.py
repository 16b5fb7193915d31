"""Say everything that is wrong with a study: by hand, by `make check`, or before Snakemake reads it."""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
sys.path.insert(0, HERE)
try:
    from ipdmediation.plumbing.check_command import main, refuse_unreadable
finally:
    sys.path.remove(HERE)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
if __name__ == "before_snakemake":
    refuse_unreadable(sys.argv[1:])
