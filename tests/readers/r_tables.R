# Writes what scripts/readers/myelin.R makes of a results file, and what R makes of exported draws, as tables whose
# numbers are hexadecimal and so exact. Usage: Rscript r_tables.R <reader> <package> <results file> <folder> [<export>]
arguments <- commandArgs(trailingOnly = TRUE)
options(myelin.hdf5 = arguments[2], warn = 2)
source(arguments[1])
file <- arguments[3]
to <- arguments[4]

put <- function(table, name) {
  table <- as.data.frame(table)
  exact <- lapply(table, function(column) if (is.numeric(column)) sprintf("%a", column) else column)
  exact <- stats::setNames(as.data.frame(exact, stringsAsFactors = FALSE), names(table))
  utils::write.csv(exact, file.path(to, paste0(name, ".csv")), row.names = FALSE, fileEncoding = "UTF-8")
}

put(myelin_summary(file), "summary")
put(myelin_costs(file), "costs")
put(myelin_qalys(file), "qalys")
put(myelin_stateprobs(file), "stateprobs")
put(myelin_inputs(file), "parameters_used")
stopifnot(nchar(myelin_run(file)$title) > 0, all(myelin_run(file)$thresholds > 0))

if (length(arguments) > 4) {
  psa <- myelin_psa(file)
  # What dampack::make_psa_obj is given: data frames of as many rows, columns that are the strategies.
  stopifnot(identical(names(psa), c("cost", "effectiveness", "parameters", "strategies", "currency")),
            is.data.frame(psa$cost), is.data.frame(psa$effectiveness), is.data.frame(psa$parameters),
            identical(names(psa$cost), psa$strategies), identical(names(psa$effectiveness), psa$strategies),
            nrow(psa$parameters) == nrow(psa$cost), nrow(psa$effectiveness) == nrow(psa$cost),
            is.character(psa$currency), length(psa$currency) == 1)
  # What BCEA::bcea is given: numeric matrices of one shape.
  bcea <- myelin_bcea(file)
  stopifnot(is.matrix(bcea$eff), is.numeric(bcea$eff), is.matrix(bcea$cost), is.numeric(bcea$cost),
            identical(dim(bcea$eff), dim(bcea$cost)), length(bcea$interventions) == ncol(bcea$cost),
            nrow(bcea$parameters) == nrow(bcea$cost))
  put(psa$cost, "psa_costs")
  put(psa$effectiveness, "psa_effects")
  put(psa$parameters, "psa_parameters")
  # The export as R reads it.
  for (name in c("psa_costs", "psa_effects", "psa_parameters"))
    put(utils::read.csv(file.path(arguments[5], paste0(name, ".csv")), check.names = FALSE), paste0(name, "_by_r"))
  ceac <- utils::read.csv(file.path(arguments[5], "ceac.csv"))
  stopifnot(is.logical(ceac$On_Frontier), is.numeric(ceac$Proportion), is.numeric(ceac$WTP))
} else {
  problem <- tryCatch(myelin_psa(file), error = conditionMessage)
  stopifnot(is.character(problem), grepl("--draws", problem))
}
