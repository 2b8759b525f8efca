"""What arrived: the inbox, the content-addressed landing area, its ledger and audit chain."""
