"""Measurements of the finished product, run alone on a quiet machine.

They drive the product from outside, by its command line; nothing in `src` may
import them.
"""
