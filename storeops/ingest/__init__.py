"""Export files to validated facts: containers, recognition, typed values, checks."""
