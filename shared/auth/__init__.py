"""Who is asking: accounts, teams, sessions, and what each role may do; one small database that all services read."""
