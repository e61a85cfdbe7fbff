"""HTML documents and the charts in them, and the data request sheet."""
