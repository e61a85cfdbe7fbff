"""What decides: risks, plans and sets of them, allocations and levers, compared on identical futures."""
