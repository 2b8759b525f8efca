"""What an assistant is told about one publication, over the Model Context Protocol."""
