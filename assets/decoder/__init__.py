"""How a table is read, in order: figures (what a cell prints), items (cells and lines), labels (which row), placement (which column)."""
