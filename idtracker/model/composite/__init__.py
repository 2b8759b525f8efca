"""An index of any depth as data: what its file may say, and how the file is read. Nothing is computed here."""
