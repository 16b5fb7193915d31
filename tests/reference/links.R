# Fits one simulated shape of shapes.py with every link, by ordinal::clm and ordinal::clmm.
# Usage: Rscript links.R <CSV file of the shape> <output.json>
suppressPackageStartupMessages({library(ordinal); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
data$trial <- factor(data$trial)
data$level <- factor(data$level, ordered = TRUE)

# P(Y <= k) = F(threshold - predictor). clm's "cloglog" has F(x) = 1 - exp(-exp(x)), as R's glm and this project, and so
# has that of clmm with two random effects; but with one random effect clmm's has exp(-exp(-x)): the names are swapped.
distribution <- c(
  logit = "1 / (1 + exp(-x))", probit = "standard normal", cloglog = "1 - exp(-exp(x))",
  loglog = "exp(-exp(-x))", cauchit = "standard Cauchy"
)
of_clm <- c(logit = "logit", probit = "probit", cloglog = "cloglog", loglog = "loglog", cauchit = "cauchit")
of_one_effect <- c(logit = "logit", probit = "probit", cloglog = "loglog", loglog = "cloglog", cauchit = "cauchit")

base <- level ~ treatment + mediator + age + female
mixed_fit <- function(random, name) {
  # the default inner tolerance (1e-4) leaves the log-likelihood 1e-4 short
  fit <- suppressWarnings(clmm(
    update(base, random), data = data, link = name, Hess = TRUE,
    control = clmm.control(method = "nlminb", gradTol = 1e-7, maxIter = 200)
  ))
  covariance <- VarCorr(fit)[[1]]
  list(
    estimates = unname(coef(fit)), covariance = unname(matrix(covariance, nrow = nrow(covariance))),
    log_likelihood = as.numeric(logLik(fit)), code = fit$optRes$convergence
  )
}

numbers <- list()
for (link in names(distribution)) {
  fixed <- clm(update(base, . ~ . + trial), data = data, link = of_clm[[link]], control = clm.control(gradTol = 1e-10))
  numbers[[link]] <- list(
    distribution = distribution[[link]],
    fixed = list(
      estimates = unname(coef(fixed)), se = unname(sqrt(diag(vcov(fixed)))), log_likelihood = as.numeric(logLik(fixed))
    ),
    random_intercept = mixed_fit(. ~ . + (1 | trial), of_one_effect[[link]])
  )
  # of the cauchit with two random effects clmm says that its optimiser failed, whatever the shape
  if (link != "cauchit") numbers[[link]]$random_slope <- mixed_fit(. ~ . + (1 + treatment | trial), of_clm[[link]])
  write_json(numbers, arguments[2], digits = NA, auto_unbox = TRUE, pretty = FALSE)
  cat(link, format(Sys.time()), "\n")
}
