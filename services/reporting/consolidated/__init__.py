"""Many contracts at one look: of one's own agency as they stand, or those a funder pays for as they were reported."""
