# A treatment that is free at every cut, by ordinal::clm with nominal effects, on evidence_a.csv and mrs_by_trial.csv.
# Usage: Rscript free_treatment.R <this folder> free_treatment.json
suppressPackageStartupMessages({library(ordinal); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]

# P(Y <= k) = F(threshold - eta) of the levels from worst to best; clm has (k | a) = threshold + a * change
fitted <- function(formula, data, link) {
  fit <- clm(formula, nominal = ~ a, data = data, link = link,
             control = clm.control(gradTol = 1e-10, maxIter = 300))
  alpha <- fit$alpha
  cuts <- length(alpha) / 2
  inverse <- vcov(fit)
  list(thresholds = unname(alpha[1:cuts]), effects = unname(-alpha[cuts + 1:cuts]),
       coefficients = as.list(fit$beta), effects_se = unname(sqrt(diag(inverse)[cuts + 1:cuts])),
       log_likelihood = as.numeric(logLik(fit)))
}

a <- read.csv(file.path(folder, "evidence_a.csv"))
a <- a[a$dead == 0, ]
a$better <- factor(6 - a$y, ordered = TRUE)
a$trial <- factor(a$trial)
numbers <- list()
for (link in c("logit", "probit", "cloglog", "loglog", "cauchit")) {
  numbers[[link]] <- list(
    outcome = fitted(better ~ m + c1 + c2 + trial, a, link),
    interaction = fitted(better ~ m + a:m + c1 + c2 + trial, a, link),
    total = fitted(better ~ c1 + c2 + trial, a, link)
  )
}
write_json(numbers, arguments[2], digits = 12, auto_unbox = TRUE, pretty = TRUE)
