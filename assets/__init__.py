"""What is made, in order: raw_text, normalized_text, section_splits, tables, reports, claims,
validated_facts. Plain functions, no Dagster.
"""
