"""storeops: a morning diagnosis for a Taobao or Tmall store, from the files it downloads."""

__version__ = "0.1.0"
