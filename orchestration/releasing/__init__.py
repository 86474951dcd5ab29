"""What is handed to strangers: a folder that stands by itself, with the figures and how they were made."""
