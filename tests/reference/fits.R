# Fits the simulated shapes of shapes.py with ordinal::clm, ordinal::clmm and lme4::lmer.
# Usage: Rscript fits.R <directory with the CSV files> <output.json> [shape ...]
suppressPackageStartupMessages({library(ordinal); library(lme4); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
directory <- arguments[1]
shapes <- if (length(arguments) > 2) arguments[-(1:2)] else sub("\\.csv$", "", list.files(directory, "\\.csv$"))

fixed_fit <- function(fit) list(
  estimates = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), log_likelihood = as.numeric(logLik(fit))
)

# the default inner tolerance (1e-4) leaves the log-likelihood 1e-4 short
control <- clmm.control(method = "nlminb", gradTol = 1e-7, maxIter = 200)

mixed_fit <- function(formula, data, link = "logit", nAGQ = 1) {
  fit <- tryCatch(
    suppressWarnings(clmm(formula, data = data, weights = weight, link = link, nAGQ = nAGQ, Hess = TRUE, control = control)),
    error = function(e) NULL
  )
  if (is.null(fit)) return(NULL)
  errors <- tryCatch(suppressWarnings(sqrt(diag(vcov(fit)))), error = function(e) rep(NA, length(coef(fit))))
  list(
    estimates = unname(coef(fit)), se = unname(errors[seq_along(coef(fit))]),
    covariance = unname(matrix(VarCorr(fit)[[1]], nrow = nrow(VarCorr(fit)[[1]]))),
    modes = unname(as.matrix(fit$ranef)), log_likelihood = as.numeric(logLik(fit)),
    code = fit$optRes$convergence, max_gradient = max(abs(fit$gradient))
  )
}

linear_fit <- function(formula, data, REML) {
  repeated <- data[rep(seq_len(nrow(data)), data$weight), ]
  # either optimiser sometimes stops early: the better of the two
  attempt <- function(optimizer, settings) suppressWarnings(lmer(
    formula, data = repeated, REML = REML, control = lmerControl(
      optimizer = optimizer, optCtrl = settings, calc.derivs = FALSE, check.conv.singular = "ignore"
    )
  ))
  fits <- list(
    attempt("bobyqa", list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5)),
    attempt("nloptwrap", list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5))
  )
  fit <- fits[[which.max(sapply(fits, logLik))]]
  list(
    estimates = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))),
    covariance = unname(matrix(VarCorr(fit)[[1]], nrow = nrow(VarCorr(fit)[[1]]))),
    residual_variance = sigma(fit)^2, log_likelihood = as.numeric(logLik(fit)),
    modes = unname(as.matrix(ranef(fit)[[1]]))
  )
}

numbers <- list()
for (name in shapes) {
  data <- read.csv(file.path(directory, paste0(name, ".csv")))
  data$trial <- factor(data$trial)
  data$level <- factor(data$level, ordered = TRUE)
  result <- list(checksum = sum(data$level == "1") + sum(data$age) + sum(data$mediator))
  result$clm <- fixed_fit(clm(
    level ~ treatment + mediator + age + female + trial, data = data, weights = weight,
    control = clm.control(gradTol = 1e-10)
  ))
  result$probit <- fixed_fit(clm(
    level ~ treatment + mediator + age + female + trial, data = data, weights = weight, link = "probit",
    control = clm.control(gradTol = 1e-10)
  ))
  base <- level ~ treatment + mediator + age + female
  result$random_intercept <- mixed_fit(update(base, . ~ . + (1 | trial)), data)
  result$random_intercept_agq <- mixed_fit(update(base, . ~ . + (1 | trial)), data, nAGQ = 10)
  result$random_slope <- mixed_fit(update(base, . ~ . + (1 + treatment | trial)), data)
  # these take R minutes in all shapes
  if (name %in% c("unequal", "three_levels", "weights")) result$random_slope_probit <- mixed_fit(
    update(base, . ~ . + (1 + treatment | trial)), data, link = "probit"
  )
  if (name %in% c("balanced", "large_heterogeneity", "weights", "zero_slope_variance")) {
    result$random_slopes <- mixed_fit(update(base, . ~ . + (1 + treatment + mediator | trial)), data)
  }
  linear <- latent ~ treatment + mediator + age + female
  for (reml in c(FALSE, TRUE)) {
    kind <- if (reml) "reml" else "ml"
    result[[paste0("lmer_intercept_", kind)]] <- linear_fit(update(linear, . ~ . + (1 | trial)), data, reml)
    result[[paste0("lmer_slope_", kind)]] <- linear_fit(update(linear, . ~ . + (1 + treatment | trial)), data, reml)
    result[[paste0("lmer_slopes_", kind)]] <- linear_fit(
      update(linear, . ~ . + (1 + treatment + mediator | trial)), data, reml
    )
  }
  numbers[[name]] <- result
  write_json(numbers, arguments[2], digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null")
  cat(name, format(Sys.time()), "\n")
}
