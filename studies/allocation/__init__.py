"""Questions about the allocation, which no future decides: what it is, why, what else it could be."""
