"""The program that has Kwant is no test."""

collect_ignore = ["kwant_numbers.py"]
