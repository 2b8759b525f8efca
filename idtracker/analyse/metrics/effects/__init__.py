"""What the metrics of effect compare: departments at work by place, outcomes, claims and what outside actors gave."""
