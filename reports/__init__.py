"""Figures and PDFs from a saved run. No model is fitted here."""

# first, so that a command interrupted from here on ends in one line
from model.terminal import ending as ending
