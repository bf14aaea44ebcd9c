from .paragraph import Figure as Figure
from .paragraph import Paragraph as Paragraph
from .paragraph import check as check
from .rule import Verdict as Verdict
