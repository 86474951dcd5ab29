"""claims: the figures that a report states in its prose, and whether its tables agree."""

from assets.claims.claim import Claim
from assets.claims.comparison import read_claims
from assets.claims.consistency import Finding, bear_witness, judge_prose

__all__ = ["Claim", "Finding", "bear_witness", "judge_prose", "read_claims"]
