"""The suite's one shared kernel: the public shape of whatever is countable, its codes, checks and lifecycle.

Users never see the name "service unit"; pages say session, meeting or visit.
"""
