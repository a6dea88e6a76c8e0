"""Read tables made again beside those that serve, and the check that stores, topics, arrivals and tables agree.

`rebuild` makes them and puts them in place; `verify` names whatever differs. Both run beside the processes that serve.
"""

from shared.rebuild.made_again import Rebuilt, rebuild
from shared.rebuild.replay import LogIncomplete
from shared.rebuild.verify import verify

__all__ = ["LogIncomplete", "Rebuilt", "rebuild", "verify"]
