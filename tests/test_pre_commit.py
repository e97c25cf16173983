"""The hooks before a commit are the checks of `make lint`, and fetch nothing."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_hooks_are_the_checks_of_make_lint() -> None:
    recipe = re.search(r"^lint:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    checks = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"entry: (.+)", hooks) == checks
    assert re.findall(r"repo: (.+)", hooks) == ["local"]
