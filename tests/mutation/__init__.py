"""Faults planted one by one in a copy of the code: a test has to fail over each of them."""
