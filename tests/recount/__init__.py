"""An independent recount: every figure of a contract straight from the accepted requests.

Nothing here imports `services` or `shared`. It was written from the counting rules alone, so that where it agrees with
the ledger, two different programs agree.
"""
