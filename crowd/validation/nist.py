"""Cases to come."""

from crowd.validation.case import Case

CASES: tuple[Case, ...] = ()
