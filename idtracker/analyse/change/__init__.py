"""Why a score moved: the exact decomposition of a difference into causes, indicators and organisations."""
