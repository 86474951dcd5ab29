"""claims: the figures that a report states in its prose, and whether its tables agree."""

from assets.claims.comparison import place_of, read_claims
from assets.claims.consistency import judge_prose, witness_of
from assets.model import Claim, Finding

__all__ = ["Claim", "Finding", "judge_prose", "place_of", "read_claims", "witness_of"]
