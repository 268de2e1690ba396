"""A labelled synthetic shop as vendor-shaped downloads, for newcomers, samples and tests."""

from storeops.demo.folder import LAST_DAY, DemoShop, write_demo

__all__ = ["LAST_DAY", "DemoShop", "write_demo"]
