"""Pure functions on arrays, compiled by numba: the physics of people in motion. They know no objects and no files."""
