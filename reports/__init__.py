"""Figures and PDFs from a saved run. No model is fitted here."""
