"""How several reports of one cell become one value: the policies of a method and what they need."""
