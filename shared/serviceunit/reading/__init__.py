"""Reading and signing off (簽閱): a leader reads what was recorded, or returns it with a comment.

What is read is a version: a correction makes the entry wait again. The facts lie in a stream of their own beside the
entry's, so that reading never stands in the way of a correction, and nothing that is counted follows from it.
"""
