"""The report as one HTML file: data and pictures in, a page out that needs nothing else.

`strings` are the words of the page, `pictures` its figures, `page` puts them together, `tables` has rows for
spreadsheets, `files` writes them all, with `report.json`. Not here: numbers and sentences about them (`crowd.report`).
"""

from viz.html_report.files import FILES, write_report
from viz.html_report.page import render_page

__all__ = ["FILES", "render_page", "write_report"]
