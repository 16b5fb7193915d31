# Weighted fits, and random effects of centres within trials, of the patients of evidence_a.csv.
# Usage: Rscript choices.R evidence_a.csv <output.json>
suppressPackageStartupMessages({library(ordinal); library(lme4); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
data <- subset(read.csv(arguments[1]), !is.na(m))
data$weight <- 1 + (data$id %% 5) / 2
data$weight <- data$weight / mean(data$weight)
data$centre <- c("p", "q", "r")[data$id %% 3 + 1]
data$trial <- factor(data$trial)
data$level <- factor(data$y, ordered = TRUE)
data$cluster <- interaction(data$trial, data$centre, drop = TRUE)
data$moved <- data$m + sin(5 * as.integer(data$trial) + 3 * (data$id %% 3)) # so that centres differ

# With weights of mean 1, lmer's weights of precision have the same estimates as weights of the log-likelihood.
linear <- function(formula, reml, weighted = FALSE) {
  data$w <- if (weighted) data$weight else 1
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), check.conv.singular = "ignore")
  fit <- suppressWarnings(lmer(formula, data, REML = reml, control = control, weights = w))
  list(
    estimates = unname(fixef(fit)), covariance = unname(matrix(VarCorr(fit)[[1]], nrow = nrow(VarCorr(fit)[[1]]))),
    residual_variance = sigma(fit)^2
  )
}
ordinal_fit <- clm(level ~ a + m + c1 + c2, weights = weight, data = data, control = clm.control(gradTol = 1e-10))
mixed <- clmm(
  level ~ a + m + c1 + c2 + (1 | trial), weights = weight, data = data, Hess = TRUE,
  control = clmm.control(method = "nlminb", gradTol = 1e-7, maxIter = 200)
)
result <- list(
  weighted_lm = unname(coef(lm(m ~ a + c1 + c2, data, weights = weight))),
  weighted_clm = unname(coef(ordinal_fit)),
  weighted_clmm = list(estimates = unname(coef(mixed)), covariance = unname(matrix(VarCorr(mixed)[[1]], 1))),
  weighted_lmer_ml = linear(m ~ a + c1 + c2 + (1 | trial), FALSE, weighted = TRUE),
  weighted_lmer_reml = linear(m ~ a + c1 + c2 + (1 | trial), TRUE, weighted = TRUE),
  reml = linear(m ~ a + c1 + c2 + (1 + a | trial), TRUE),
  clusters = linear(moved ~ a + c1 + c2 + trial + (1 | cluster), FALSE),
  clusters_reml = linear(moved ~ a + c1 + c2 + trial + (1 | cluster), TRUE)
)
write(toJSON(result, digits = NA, auto_unbox = TRUE), arguments[2])
