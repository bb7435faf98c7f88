"""Whole networks, each read top to bottom: configuration, blocks, model."""
