"""What a report that is owed would tell: how much narrower the intervals of scores would be if it came."""
