"""VALIDATION.md and its pictures from the rows of a validation, as plain data; nothing on the page is typed.

`charts` draws the curves of a row, `page` fills the template, `files` writes both; `python -m viz.validation_page`
writes those of a checkout again from `crowd/data/validation.json`. Not here: cases and rows (`crowd.validation`).
"""

from viz.validation_page.files import write_validation
from viz.validation_page.page import validation_page

__all__ = ["validation_page", "write_validation"]
