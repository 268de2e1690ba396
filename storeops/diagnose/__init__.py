"""Answers: what moved, by how much, and whose it is."""
