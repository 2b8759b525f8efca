"""The publications of audiences other than the owner's: their definitions, their home, and the store worked out in it."""
