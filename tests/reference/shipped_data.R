# Writes the two data sets of R that tests use: ordinal::wine and lme4::sleepstudy.
# Usage: Rscript shipped_data.R <directory>
suppressPackageStartupMessages({library(ordinal); library(lme4)})
directory <- commandArgs(trailingOnly = TRUE)[1]
wine <- data.frame(
  rating = as.integer(wine$rating) - 1, warm = as.integer(wine$temp == "warm"),
  contact = as.integer(wine$contact == "yes"), judge = as.integer(wine$judge) - 1
)
write.csv(wine, file.path(directory, "wine.csv"), row.names = FALSE, quote = FALSE)
sleepstudy$Subject <- as.integer(sleepstudy$Subject) - 1
write.csv(sleepstudy, file.path(directory, "sleepstudy.csv"), row.names = FALSE, quote = FALSE)
