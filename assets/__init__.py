"""What is made, in order: raw_text, normalized_text, section_splits, table_cells, violations, reports,
validated_facts. Plain functions, no Dagster.
"""
