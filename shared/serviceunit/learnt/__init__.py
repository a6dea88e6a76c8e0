"""What every recording service learns of people and contracts from the others' events: ids, codes and days, no names.

Each keeps its own copy in its own database; tables, inbox and queries are the same.
"""
