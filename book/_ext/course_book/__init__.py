"""The book's Sphinx extensions, one idea a file; each docstring shows what a page writes."""
