"""Whether a process can do its work, and how its work moves: for proxies, containers, monitoring and operators."""
