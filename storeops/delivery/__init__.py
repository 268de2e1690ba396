"""Finished reports to people; knows bytes and names, not figures."""
