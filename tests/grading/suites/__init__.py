"""Submissions to grade: honest ones with plain nbgrader's scores, and hostile or broken ones."""
