"""What a run leaves on disk: how it is observed, written, and read again.

`observed_fields` and `observed_areas` turn snapshots into rows, `recorder` says when; `tables` are their columns,
`manifest` and `provenance` what was run and with what, `run_directory` the files; `recording` reads them all.
Not here: the loop (`crowd.run`), what is dangerous (`crowd.risk`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crowd.recording.recording import Recording
else:

    def __getattr__(name: str) -> Any:
        """Import `Recording` when it is first asked for: who needs only `tables` does without numba and pandas."""
        if name != "Recording":
            raise AttributeError(f"module 'crowd.recording' has no attribute {name!r}")
        from crowd.recording.recording import Recording

        return Recording


__all__ = ["Recording"]
