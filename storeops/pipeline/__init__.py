"""The whole road: downloads -> record -> window -> figures -> findings -> report -> file.

A newcomer reads ``morning`` first: every step is one call into the layer that knows how.
"""

from storeops.pipeline.importing import Imported
from storeops.pipeline.morning import Morning, morning
from storeops.pipeline.questions import (
    Coverage,
    answer_attribution,
    check_formats,
    coverage,
    draft_format,
    import_downloads,
    imports,
    layouts,
    rebuild,
    trace,
)
from storeops.pipeline.workspace import Progress, Request, Workspace, open_workspace, silent

__all__ = [
    "Coverage",
    "Imported",
    "Morning",
    "Progress",
    "Request",
    "Workspace",
    "answer_attribution",
    "check_formats",
    "coverage",
    "draft_format",
    "import_downloads",
    "imports",
    "layouts",
    "morning",
    "open_workspace",
    "rebuild",
    "silent",
    "trace",
]
