"""The README's figures come from a command, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.cli import app
from assistant.settings import PROJECT, Settings
from eval.readme import BEGIN, END, write_section


def test_the_section_between_the_marks_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", encoding="utf-8")
    write_section(readme, "new")
    assert readme.read_text(encoding="utf-8") == f"above\n{BEGIN}\nnew\n{END}\nbelow\n"


def test_a_readme_without_marks_is_refused(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        write_section(readme, "new")


def test_the_readme_has_figures_between_its_marks() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    between = text[text.index(BEGIN) : text.index(END)]
    assert "evidence recall" in between
    assert "peak memory" in between


def test_every_command_and_setting_the_readme_names_exists() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    assert set(re.findall(r"`assistant ([a-z]+)", text)) <= commands
    named = {name.lower() for name in re.findall(r"`ASSISTANT_([A-Z_]+)`", text)}
    assert named
    assert named <= set(Settings.model_fields)
