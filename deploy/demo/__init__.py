"""The demo: the real contract of 家持II told as three years of work, entered over the public HTTP API.

`plan` says which requests workers made and when, `loader` sends them under the demo clock.
"""
