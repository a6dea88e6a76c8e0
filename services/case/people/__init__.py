"""People: registered with a name or only an alias, given dated roles, merged, un-merged, erased."""
