"""The search over everything, and what somebody used last, on the one page that may show names beside the rest."""
