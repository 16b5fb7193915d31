# BCa intervals of R boot for test_intervals.py; gamma scores stand for replicates.
# Usage: Rscript bca.R
library(boot)
draws <- qgamma((1:999) / 1000, shape = 4)
shell <- list(R = 999, call = quote(boot(sim = "ordinary")), sim = "ordinary")
class(shell) <- "boot"
for (estimate in c(3.2, 4.1)) {
  influence <- c(-3, -1, -0.5, 0.5, 4)
  found <- boot.ci(shell, conf = c(0.9, 0.95), type = "bca", t0 = estimate, t = draws, L = influence)
  print(cbind(estimate, found$bca), digits = 8)
}
