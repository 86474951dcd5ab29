"""Where batches are computed: in this process, a pool, a cluster. Knows neither files nor stages, only
functions and batches.
"""
