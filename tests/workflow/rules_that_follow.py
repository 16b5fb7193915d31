"""Rules that run again after a change, from those that write the page to those that choose the cohort."""

ONE_PAGE = {"record_run", "report", "manuscript", "manifest"}
BESIDE_EACH_OTHER = {"all_analyses"} | ONE_PAGE
AFTER_POOLING = {"select_cohort", "impute_missing", "describe_cohort", "fit_models", "bootstrap_chunk"}
AFTER_POOLING |= {"describe_flow", "estimate_effects", "collect_notices", "compare_published"}
AFTER_POOLING |= {
    "describe_trials",
    "quality_report",
    "figures",
    "figures_for_print",
    "tables",
} | BESIDE_EACH_OTHER

SHOWN_OF_EACH = {"figures", "figures_for_print", "tables"} | ONE_PAGE
SHOWN = SHOWN_OF_EACH | BESIDE_EACH_OTHER
EFFECTS = {"estimate_effects", "collect_notices"} | SHOWN
DRAWS = {"bootstrap_chunk"} | EFFECTS
FITS = {"fit_models"} | DRAWS
COHORT = {"select_cohort", "describe_flow", "describe_cohort", "impute_missing"} | FITS

FLOW = {"describe_flow", "compare_published"} | SHOWN_OF_EACH
SAID = {"quality_report"} | SHOWN
