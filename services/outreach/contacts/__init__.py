"""Contact tokens: people met on the street, with an alias and no name, until somebody knows who they are."""
