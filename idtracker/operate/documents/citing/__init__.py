"""Documents about figures that are cited and publications that are made again."""
