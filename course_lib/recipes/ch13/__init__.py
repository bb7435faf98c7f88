"""Recorded runs of chapter 13."""
