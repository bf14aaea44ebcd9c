from .book import Diary as Diary
from .book import diary as diary
