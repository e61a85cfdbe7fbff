"""Plans made from the export of a CRM system. Imports pandas, so it is imported inside commands alone."""

from scenarios.crm.importing import AssumedFigure, EstimatedFigure, ImportReport, import_crm
from scenarios.crm.refreshing import refresh_crm

__all__ = ["AssumedFigure", "EstimatedFigure", "ImportReport", "import_crm", "refresh_crm"]
