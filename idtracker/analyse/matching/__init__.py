"""Record linkage: organisations and activities that look the same. Proposals only; people decide."""
