"""Any console and any locale: no command stumbles over Hangul, superscripts or dashes, whatever the code page is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tiny

CONSOLES = {
    "Korean Windows": {"PYTHONIOENCODING": "cp949:strict"},
    # file names too are bytes that Python cannot read as text
    "no locale": {"PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"},
}
COMMANDS = [
    ["venues"],
    ["scenarios"],
    ["schema"],
    ["demo", "--help"],
    ["scenario", "new", "--help"],
    ["venue", "check", "itaewon-alley"],
    ["run", "나들이 1.toml", "--until", "4 s", "--out", "결과 1"],
    ["resume", "결과 1", "--json"],
    ["report", "결과 1", "--lang", "ko"],
    ["run", "없는 파일.toml"],
]
SCRIPT = """if True:
    import json, sys
    from crowd.cli import app
    codes = []
    for words in json.loads(sys.argv[1]):
        try:
            app([word.encode().decode(sys.getfilesystemencoding(), "surrogateescape") for word in words])
        except SystemExit as end:
            codes.append(end.code)
    print(codes)
    """


@pytest.mark.parametrize("console", CONSOLES)
def test_every_command_writes_utf_8_on_any_console(console: str, tmp_path: Path) -> None:
    write_tiny(tmp_path, name="나들이 1.toml")
    environment = {**os.environ, **CONSOLES[console], "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    words = [sys.executable, "-c", SCRIPT, json.dumps(COMMANDS)]
    done = subprocess.run(words, capture_output=True, cwd=tmp_path, env=environment)
    out = done.stdout.decode("utf-8")
    assert out.splitlines()[-1] == str([0] * (len(COMMANDS) - 1) + [2]), done.stderr.decode("utf-8", "replace")
    assert "이태원" in out
    assert "peak 0.0/m²" in done.stderr.decode("utf-8")
    page = (tmp_path / "결과 1" / "report.html").read_text(encoding="utf-8")
    assert "손상됨" not in page  # every table was found again
