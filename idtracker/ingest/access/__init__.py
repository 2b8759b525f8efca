"""The log of access: who read, exported or published what."""
