"""Lumiku removes the background of pictures."""
