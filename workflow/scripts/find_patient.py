"""Say who a pseudonym stands for, by the trial's own file and the key: by hand, on the terminal alone."""

import sys

from ipdmediation.plumbing.find_command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
