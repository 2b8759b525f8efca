"""Whether working together made a difference: estimators on plain arrays, each with what it refuses and why.

No tables, no periods and no register here; the metrics of family `effect` say who is compared with whom.
"""
