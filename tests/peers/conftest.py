"""The programs that have Kwant are no tests."""

collect_ignore = ["kwant_numbers.py", "kwant_tutorial.py"]
