"""Plans made from the export of a CRM system. Imports pandas, so it is imported inside commands alone."""

from scenarios.crm.importing import AssumedFigure, EstimatedFigure, ImportReport, import_crm

__all__ = ["AssumedFigure", "EstimatedFigure", "ImportReport", "import_crm"]
