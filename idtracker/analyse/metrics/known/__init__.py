"""What metrics read from a store: tables as known at an instant, activities gathered in the database, what changed."""
