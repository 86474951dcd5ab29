"""What is true of the data: the forms and their identities, the schema of every dataset. Imports no other
floor, and not Dagster.
"""
