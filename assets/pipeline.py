"""All stages of the pipeline, in their order. Imports what `ogi check` has no use for."""

from __future__ import annotations

from collections.abc import Mapping

from assets import (
    compliance,
    document,
    indicators,
    organ_reports,
    organs,
    panel,
    section_words,
    validated_facts,
    year_over_year,
)
from assets.stages import Output, Stage

# Those that make a year of nothing but its documents; then those that look at more than one year.
OF_DOCUMENTS: tuple[Stage, ...] = (*document.STAGES, section_words.STAGE, validated_facts.STAGE)
OVER_YEARS: tuple[Stage, ...] = (
    organs.STAGE,
    organ_reports.STAGE,
    year_over_year.STAGE,
    compliance.STAGE,
    panel.STAGE,
    indicators.STAGE,
)
STAGES: tuple[Stage, ...] = (*OF_DOCUMENTS, *OVER_YEARS)
STAGE_OF: Mapping[str, Stage] = {dataset: stage for stage in STAGES for dataset in stage.datasets}
OUTPUTS: Mapping[str, Output] = {
    output.dataset: output for stage in document.STAGES for output in stage.outputs
}
