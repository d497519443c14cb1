"""All channels: those of channels.py and of every module beside it whose name ends in `_channels`."""

from importlib import import_module
from pathlib import Path

from tests.whole_app.channels import CHANNELS

__all__ = ["CHANNELS"]

for path in sorted(Path(__file__).parent.glob("*_channels.py")):
    if path.stem != "all_channels":
        import_module(f"tests.whole_app.{path.stem}")
