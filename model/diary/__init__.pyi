from .asked import diary as diary
from .book import Diary as Diary
from .book import NoDiaryError as NoDiaryError
