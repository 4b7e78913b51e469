# Results of myelin in R: tidy tables, and the arguments of dampack and BCEA, from a results file.
#
#   source("scripts/readers/myelin.R")
#   myelin_summary("base_case.h5")       # data.frame: every outcome of every strategy
#   myelin_stateprobs("base_case.h5")    # data.frame: who is in which state at which time
#   psa <- myelin_psa("uncertain.h5")    # do.call(dampack::make_psa_obj, psa)
#   b <- myelin_bcea("uncertain.h5")     # BCEA::bcea(b$eff, b$cost, interventions = b$interventions)
#
# It needs hdf5r or rhdf5; options(myelin.hdf5 = "rhdf5") chooses. Columns are those of `myelin export`, explained in
# README.md beside this file. R shows the dimensions of HDF5 in reverse: what is [draw][strategy] in the file is
# [strategy, draw] here, and is turned round before anybody sees it. Tables are of the analysis that decisions rest on:
# the parameter draws where the run has them, else the base case.

# What the functions below need of a file: datasets, attributes and the names in a group, whichever package reads them.
.myelin_file <- function(file) {
  wanted <- getOption("myelin.hdf5", c("hdf5r", "rhdf5"))
  found <- Filter(function(name) requireNamespace(name, quietly = TRUE), wanted)
  if (length(found) == 0) stop("install one of the packages ", paste(wanted, collapse = ", "))
  if (!file.exists(file)) stop("there is no file '", file, "'")
  if (found[1] == "hdf5r") {
    h5 <- hdf5r::H5File$new(file, mode = "r")
    read <- function(path) {
      dataset <- h5[[path]]
      array(dataset$read(), dataset$dims)
    }
    attribute <- function(path, name) hdf5r::h5attr(h5[[path]], name)
    members <- function(path) h5[[path]]$ls()$name
    close <- function() h5$close_all()
  } else {
    h5 <- rhdf5::H5Fopen(file, flags = "H5F_ACC_RDONLY")
    read <- function(path) rhdf5::h5read(h5, path, bit64conversion = "double")
    attribute <- function(path, name) {
      group <- rhdf5::H5Oopen(h5, path)
      opened <- rhdf5::H5Aopen(group, name)
      on.exit({
        rhdf5::H5Aclose(opened)
        rhdf5::H5Oclose(group)
      })
      rhdf5::H5Aread(opened, bit64conversion = "double")
    }
    all <- rhdf5::h5ls(h5)
    members <- function(path) all$name[all$group == paste0("/", path)]
    close <- function() rhdf5::H5Fclose(h5)
  }
  text <- function(values) {
    if (is.character(values)) Encoding(values) <- "UTF-8"
    values
  }
  list(
    array = function(path) text(read(path)),
    vector = function(path) as.vector(text(read(path))),
    attribute = function(path, name) as.vector(text(attribute(path, name))),
    members = members, close = close
  )
}

# Calls `use` with the file, which is closed afterwards.
.myelin_with <- function(file, use) {
  h5 <- .myelin_file(file)
  on.exit(h5$close())
  if (!identical(h5$attribute("/", "filetype"), "myelin results")) stop("'", file, "' is no results file of myelin")
  use(h5)
}

# The group of the analysis that decisions rest on.
.myelin_decisive <- function(h5) {
  if ("probabilistic" %in% h5$members("analyses")) "analyses/probabilistic" else "analyses/base"
}

# An analysis: [draw, strategy, outcome, column] of `mean` or `standard_error`, with names.
.myelin_estimates <- function(h5, analysis, name) {
  strategies <- h5$vector(paste0(analysis, "/strategy"))
  outcomes <- h5$vector(paste0(analysis, "/outcome"))
  values <- aperm(h5$array(paste0(analysis, "/", name)), 4:1)
  dimnames(values) <- list(NULL, strategies, outcomes, h5$vector(paste0(analysis, "/column")))
  values
}

# The discount rate of `cost` or `qaly` a year; NA where it changes with time.
.myelin_rate <- function(h5, analysis, role) {
  rates <- h5$attribute(paste0(analysis, "/timing"), paste0(role, "_rate_per_year"))
  if (length(rates) == 1) rates else NA_real_
}

#' Title, engine, patients, seed, currency, price_year, thresholds, ... of a run.
myelin_run <- function(file) {
  .myelin_with(file, function(h5) {
    names <- c("title", "model", "engine", "patients", "seed", "currency", "price_year", "thresholds",
               "cycle_length_years", "program_version", "commit")
    stats::setNames(lapply(names, function(name) h5$attribute("/", name)), names)
  })
}

#' Every input with its value, unit, range, distribution, source, grade and note.
myelin_inputs <- function(file) {
  .myelin_with(file, function(h5) {
    names <- c("input", "value", "unit", "low", "high", "distribution", "source", "grade", "note")
    columns <- lapply(paste0("scenario/inputs/", names), h5$vector)
    stats::setNames(data.frame(columns, stringsAsFactors = FALSE), c("parameter", names[-1]))
  })
}

#' Mean and Monte Carlo standard error of every outcome, for each analysis, strategy and kind of discounting.
myelin_summary <- function(file) {
  .myelin_with(file, function(h5) {
    tables <- lapply(h5$members("analyses"), function(name) {
      analysis <- paste0("analyses/", name)
      mean <- .myelin_estimates(h5, analysis, "mean")
      error <- .myelin_estimates(h5, analysis, "standard_error")
      cells <- expand.grid(strategy = dimnames(mean)[[2]], outcome = dimnames(mean)[[3]],
                           discounting = dimnames(mean)[[4]], stringsAsFactors = FALSE)
      place <- match(cells$outcome, dimnames(mean)[[3]])
      counts <- h5$vector(paste0(analysis, "/outcome_discounted_as"))[place] == "nothing"
      table <- data.frame(analysis = h5$attribute(analysis, "name"), cells,
                          unit = h5$vector(paste0(analysis, "/outcome_unit"))[place],
                          mean = c(apply(mean, 2:4, base::mean)),
                          mcse = c(sqrt(apply(error^2, 2:4, sum))) / dim(error)[1], stringsAsFactors = FALSE)
      table[!(counts & table$discounting == "discounted"), ]
    })
    do.call(rbind, tables)
  })
}

#' The arguments of dampack::make_psa_obj: one row a draw, one column a strategy in the same order.
myelin_psa <- function(file) {
  .myelin_with(file, function(h5) {
    analysis <- "analyses/probabilistic"
    if (.myelin_decisive(h5) != analysis) stop("the run has no parameter draws: myelin run --draws 1000 makes them")
    mean <- .myelin_estimates(h5, analysis, "mean")
    strategies <- dimnames(mean)[[2]]
    by_strategy <- function(outcome) {
      values <- matrix(mean[, , outcome, "discounted"], ncol = length(strategies))
      stats::setNames(as.data.frame(values), strategies)
    }
    parameters <- as.data.frame(t(h5$array(paste0(analysis, "/drawn/value"))))
    names(parameters) <- h5$vector(paste0(analysis, "/drawn/input"))
    list(cost = by_strategy("cost"), effectiveness = by_strategy("qaly"), parameters = parameters,
         strategies = strategies, currency = h5$attribute("/", "currency"))
  })
}

#' For BCEA::bcea(eff, cost, interventions = , k = ): matrices with a row a draw and a column a strategy; and the
#' parameters, for evppi.
myelin_bcea <- function(file) {
  psa <- myelin_psa(file)
  list(eff = as.matrix(psa$effectiveness), cost = as.matrix(psa$cost), interventions = psa$strategies,
       k = myelin_run(file)$thresholds, parameters = psa$parameters)
}

# A long table of outcomes by draw under hesim's names.
.myelin_samples <- function(h5, outcomes, role, value_name) {
  analysis <- .myelin_decisive(h5)
  mean <- .myelin_estimates(h5, analysis, "mean")
  rates <- c(discounted = .myelin_rate(h5, analysis, role), undiscounted = 0)
  tables <- lapply(names(rates), function(discounting) {
    cells <- expand.grid(sample = seq_len(dim(mean)[1]), strategy_id = seq_len(dim(mean)[2]), outcome = outcomes,
                         stringsAsFactors = FALSE)
    table <- data.frame(cells[1:2], strategy = dimnames(mean)[[2]][cells$strategy_id], discounting = discounting,
                        dr = rates[[discounting]], category = sub("^cost\\.", "", cells$outcome),
                        stringsAsFactors = FALSE)
    table[[value_name]] <- c(mean[, , outcomes, discounting])
    table
  })
  do.call(rbind, tables)
}

#' Costs by draw (sample), strategy, discounting and category, under hesim's names.
myelin_costs <- function(file) {
  .myelin_with(file, function(h5) {
    parts <- grep("^cost: ", h5$vector(paste0(.myelin_decisive(h5), "/totals/part")), value = TRUE)
    categories <- if (length(parts) > 0) sub("^cost: ", "", parts) else "cost"
    .myelin_samples(h5, categories, "cost", "costs")
  })
}

#' QALYs and life years by draw (sample), strategy and discounting, under hesim's names.
myelin_qalys <- function(file) {
  .myelin_with(file, function(h5) {
    table <- .myelin_samples(h5, "qaly", "qaly", "qalys")
    if ("life_years" %in% h5$vector(paste0(.myelin_decisive(h5), "/outcome")))
      table$lys <- .myelin_samples(h5, "life_years", "qaly", "lys")$lys
    table[names(table) != "category"]
  })
}

# The probability of each level of attribute `a` of a tally, over all others, for each of its strategies.
.myelin_levels <- function(h5, tally, a, years) {
  attributes <- h5$attribute(tally, "attributes")
  counts <- h5$array(paste0(tally, "/per_patient"))
  k <- length(attributes)
  axis <- k - a + 1  # [last attribute, ..., first attribute, time, strategy]
  probabilities <- apply(counts, c(axis, k + 1, k + 2), sum)
  strategies <- h5$vector(paste0(tally, "/strategy"))
  # The scale of the axis is the dataset that has its name; strange names are altered as links.
  link <- gsub("/", "_", attributes[a], fixed = TRUE)
  levels <- h5$vector(paste0(tally, "/", link))
  tables <- lapply(seq_along(strategies), function(s) {
    p <- matrix(probabilities[, , s], nrow = length(levels))
    kept <- which(rowSums(p > 0) > 0)
    p <- rbind(p[kept, , drop = FALSE], pmax(0, 1 - colSums(p)))
    data.frame(strategy_id = h5$vector(paste0(tally, "/strategy_index"))[s] + 1, strategy = strategies[s],
               attribute = attributes[a], state_id = rep(c(kept, length(levels) + 1), each = ncol(p)),
               state = rep(c(levels[kept], "dead"), each = ncol(p)), t = rep((seq_len(ncol(p)) - 1) * years, nrow(p)),
               prob = c(t(p)), stringsAsFactors = FALSE)
  })
  list(tables = tables, positions = h5$vector(paste0(tally, "/position")))
}

#' The probability of each level of each attribute that is tallied at time points, and of being dead; t in years. Levels
#' in which nobody alive ever is are left out.
myelin_stateprobs <- function(file) {
  .myelin_with(file, function(h5) {
    analysis <- .myelin_decisive(h5)
    years <- h5$attribute("/", "cycle_length_years")
    found <- list()
    for (link in h5$members(paste0(analysis, "/tallies"))) {
      tally <- paste0(analysis, "/tallies/", link)
      is_covering <- startsWith(h5$attribute(tally, "name"), "by ")
      if (is_covering || h5$attribute(tally, "time_axis") != "time point") next
      for (a in seq_along(h5$attribute(tally, "attributes"))) {
        levels <- .myelin_levels(h5, tally, a, years)
        for (s in seq_along(levels$tables)) {
          table <- levels$tables[[s]]
          place <- c(table$strategy_id[1], levels$positions[s], a)
          found[[length(found) + 1]] <- list(place = place, key = paste(place[1], table$attribute[1]), table = table)
        }
      }
    }
    # In the order of the strategy's tallies; of several that count by one attribute, the first.
    places <- vapply(found, function(each) each$place, numeric(3))
    found <- found[order(places[1, ], places[2, ], places[3, ])]
    found <- found[!duplicated(vapply(found, function(each) each$key, ""))]
    do.call(rbind, lapply(found, function(each) each$table))
  })
}
