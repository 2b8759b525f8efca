"""What people write about a round: attendance, narrative, actions."""
