# Times fits of the benchmark's models by MASS, ordinal and lme4; the models are those of fits.py.
# Usage: Rscript fits.R <cohort.csv> <output.csv> <tool:model:resample:repetitions> ...
# cohort.csv: level, trial, m (mediator), x1 (treatment), x2 (mediator), x3 ... (covariates), t1 ... (trial indicators),
# w0 (ones), w1 ... (how often a resample draws each row).
arguments <- commandArgs(trailingOnly = TRUE)
cohort <- read.csv(arguments[1])
cohort$level <- factor(cohort$level, ordered = TRUE)
cohort$trial <- factor(cohort$trial)
columns <- function(letter) grep(paste0("^", letter, "[0-9]+$"), names(cohort), value = TRUE)

formula_of <- function(model) {
  part <- strsplit(model, "/")[[1]]
  terms <- columns("x")
  if (part[1] != "outcome") terms <- setdiff(terms, "x2")
  random <- c(
    random_intercept = "(1 | trial)", random_slope = "(1 + x1 | trial)",
    random_slopes = if (part[1] == "outcome") "(1 + x1 + x2 | trial)" else "(1 + x1 | trial)"
  )
  if (part[2] == "fixed") terms <- c(terms, columns("t"))
  if (part[2] %in% names(random)) terms <- c(terms, random[[part[2]]])
  reformulate(terms, if (part[1] == "mediator") "m" else "level")
}

fit_by <- list(
  polr = function(formula, data) MASS::polr(formula, data = data, weights = weight),
  clm = function(formula, data) ordinal::clm(formula, data = data, weights = weight),
  # a bootstrap has no use for the Hessian, and clmm is faster without
  clmm = function(formula, data) ordinal::clmm(formula, data = data, weights = weight, Hess = FALSE),
  # weights of lmer are precisions, not numbers of rows
  lmer = function(formula, data) lme4::lmer(formula, data = data[rep(seq_len(nrow(data)), data$weight), ], REML = FALSE)
)
package_of <- c(polr = "MASS", clm = "ordinal", clmm = "ordinal", lmer = "lme4")

estimates_of <- function(tool, fit) switch(
  tool,
  polr = c(fit$zeta, coef(fit)),
  clm = coef(fit),
  clmm = c(coef(fit), ordinal::VarCorr(fit)$trial),
  lmer = c(lme4::fixef(fit), lme4::VarCorr(fit)$trial)
)
converged <- function(tool, fit) switch(
  tool,
  polr = fit$convergence == 0, clm = fit$convergence$code == 0, clmm = fit$optRes$convergence == 0,
  lmer = fit@optinfo$conv$opt == 0
)

rows <- list()
for (job in strsplit(arguments[-(1:2)], ":")) {
  tool <- job[1]
  if (!requireNamespace(package_of[[tool]], quietly = TRUE)) next
  data <- cohort
  data$weight <- cohort[[paste0("w", job[3])]]
  data <- data[data$weight > 0, ]
  formula <- formula_of(job[2])
  environment(formula) <- globalenv()
  seconds <- replicate(as.integer(job[4]), {
    gc(FALSE)
    system.time(fit <<- suppressMessages(suppressWarnings(fit_by[[tool]](formula, data))))[["elapsed"]]
  })
  estimates <- unname(estimates_of(tool, fit))
  rows[[length(rows) + 1]] <- data.frame(
    tool = tool, model = job[2], resample = as.integer(job[3]),
    quantity = c(rep("seconds", length(seconds)), "log_likelihood", "converged", rep("estimate", length(estimates))),
    value = c(seconds, as.numeric(logLik(fit)), converged(tool, fit), estimates)
  )
}
version <- data.frame(
  tool = "R", model = "", resample = 0, quantity = as.character(getRversion()), value = NA
)
write.csv(do.call(rbind, c(rows, list(version))), arguments[2], row.names = FALSE)
