"""Judged worlds are taken up again only by the code that judged them."""

from __future__ import annotations

from iolaus.evaluate.scanning import JUDGED_CODE, judged_files


def test_a_judged_world_hangs_on_every_module_that_judges_and_on_none_that_shows() -> None:
    found = {"/".join(path.parts[-2:]) for path in judged_files(JUDGED_CODE)}
    assert {"campaign/judge.py", "campaign/judged.py", "link/ties.py", "sketch/topic.py", "evaluate/sheet.py"} <= found
    assert not found & {"evaluate/judge.py", "evaluate/gauge_page.py", "evaluate/weakest.py"}
