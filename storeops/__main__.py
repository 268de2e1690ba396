"""Run ``python -m storeops``."""

from storeops.cli import main

main()
