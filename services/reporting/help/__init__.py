"""Help inside: first steps for each role, how figures are counted, and the words of the field in both languages."""
