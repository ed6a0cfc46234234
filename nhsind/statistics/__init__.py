"""Intervals, control charts, funnels: pure functions of numbers."""
