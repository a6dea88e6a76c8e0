"""The page of a team for its leader: who does how much, what comes late, and what is missing."""
