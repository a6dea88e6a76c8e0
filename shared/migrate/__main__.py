"""`python -m shared.migrate PACKAGE MESSAGE` writes the package's next migration from what its `tables.py` says."""

import sys

from shared.migrate import write_revision

_, package, message = sys.argv
print(write_revision(package, message))
