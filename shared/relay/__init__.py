"""The relay: what is stored in a service's event table is published on its topic, in order."""
