"""How figures are counted: pure functions over facts, with nothing of storage or the web in them."""
