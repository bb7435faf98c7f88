"""Companion package of the course *Transfer Learning and Transformers*.

Importing it imports nothing heavy: take what you need from its subpackages.
"""

__version__ = "0.1.0"
