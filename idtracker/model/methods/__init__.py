"""Which methods score the tracker of one programme: the headline and those that are published beside it."""
