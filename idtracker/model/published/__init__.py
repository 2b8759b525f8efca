"""What a publication is: whose it is, and how its figures are named."""
