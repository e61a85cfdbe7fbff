"""HTML documents and the charts in them."""
