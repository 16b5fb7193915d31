import sys
from pathlib import Path

# the benchmark is a script of several modules beside each other
sys.path.insert(0, str(Path(__file__).parent))
