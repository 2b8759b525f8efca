"""What a reader needs to cite a published figure: its address, and a line that says what it is and how it can be found again."""
