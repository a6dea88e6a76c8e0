"""Notes about several people of whom one was erased: a leader reads each, and keeps or destroys it."""
