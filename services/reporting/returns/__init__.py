"""The monthly return: what each team and each worker did in one month, cases and sessions together."""
