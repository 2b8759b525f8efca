"""What the page about integration shows: metrics, the network, overlap, sharing and tiers of effect, a module each."""
