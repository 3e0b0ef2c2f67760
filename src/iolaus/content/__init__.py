"""What a set of requests asks, beside honest requests of the same kind and beside public corpora."""
