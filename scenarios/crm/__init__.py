"""Plans made from the export of a CRM system."""
