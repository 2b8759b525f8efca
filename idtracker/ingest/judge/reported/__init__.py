"""What a file reports: the periods that it covers, and that there is nothing to report."""
