"""From a trial's own file to the analysed cohort."""
