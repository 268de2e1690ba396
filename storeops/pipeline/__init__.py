"""The whole road: downloads -> record -> window -> figures -> findings -> report -> file.

A newcomer reads ``morning`` first: every step is one call into the layer that knows how.
``importing`` fills the record, ``windows`` says which days are looked at, ``rejudging`` what
became of earlier verdicts, ``filing`` writes workbooks, ``questions`` are the smaller things
people ask. Callers import the module they need, so that an import does not load the metrics.
"""
