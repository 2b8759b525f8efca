"""One file judged against its contract: what is accepted, held or left alone, and why."""
