"""The two randomised arms, by name and by code (imports nothing heavy)."""

from itertools import product

#: Name of each arm to its code in the column `treatment`.
ARMS = {"control": 0, "treated": 1}
ARM_NAMES = tuple(ARMS)
ARM_CODES = tuple(ARMS.values())

#: (a, m): treated as in arm a, with the mediator as in arm m.
CELLS = tuple(product(ARM_CODES, repeat=2))
