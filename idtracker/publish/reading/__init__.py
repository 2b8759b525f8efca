"""Reading one publication: the Python API, what a query may do, and the published database as known at a past instant."""
