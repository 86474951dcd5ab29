"""All stages of the pipeline, in their order. Imports what `ogi check` has no use for."""

from __future__ import annotations

from collections.abc import Mapping

from assets import document, validated_facts
from assets.stages import Output, Stage

STAGES: tuple[Stage, ...] = (*document.STAGES, validated_facts.STAGE)
STAGE_OF: Mapping[str, Stage] = {dataset: stage for stage in STAGES for dataset in stage.datasets}
OUTPUTS: Mapping[str, Output] = {
    output.dataset: output for stage in document.STAGES for output in stage.outputs
}
