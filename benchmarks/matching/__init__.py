"""Record linkage measured on labelled pairs."""
