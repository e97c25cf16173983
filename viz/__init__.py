"""Looks, never touches: pictures of venues and recordings, the viewer, and the pages of a report."""
