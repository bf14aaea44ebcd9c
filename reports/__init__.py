"""From a saved run to figures and PDFs. Never fits anything."""
