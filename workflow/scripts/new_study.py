"""Draft the configuration and mappings of a study from its trials' files: by hand, or by `make study`."""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
sys.path.insert(0, HERE)
try:
    from ipdmediation.plumbing.new_study_command import main
finally:
    sys.path.remove(HERE)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
