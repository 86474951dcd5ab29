"""How fast the pipeline is, and how much memory it takes: corpora, floors, alternatives, and the pipeline
measured from outside.
"""
