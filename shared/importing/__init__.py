"""Reading what others keep in spreadsheets: a file becomes rows, rows become commands, each row gets its verdict."""
