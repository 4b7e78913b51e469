#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/document.hpp"

/// \file
/// Access to transplantation by region: as tables of a terminal and JSON. Costs and QALYs are discounted.

namespace myelin::report {

/// A year of referrals in a region, or in all. What is lost, and extra, is against the shortest wait for all.
struct AccessRow {
  std::string name, label;
  std::optional<double> minimum_wait_years;  ///< none for all regions
  std::optional<double> mean_wait_years;     ///< none for all regions, and where nobody is transplanted
  double referrals = 0, capacity = 0, transplants = 0, transplants_at_minimum = 0;  ///< a year
  double qalys = 0, qalys_lost_to_waiting = 0, qalys_lost_to_no_access = 0;
  double extra_cost = 0;                 ///< negative: saved
  std::vector<double> net_benefit_lost;  ///< [threshold]
};

/// What a year of referrals in a region gains by one more transplant a year.
struct OneMoreRow {
  double qalys = 0, extra_cost = 0;
  std::vector<double> net_benefit;  ///< [threshold]
};

/// One analysis: the base, or an alternative.
struct AccessAnalysis {
  std::string name, label;
  std::vector<AccessRow> regions;
  std::vector<OneMoreRow> one_more;  ///< [region]
  AccessRow total;
};

struct AccessReport {
  std::string title, currency, price_year;
  std::string strategy, without;  ///< labels; `without` is empty where the therapies after the procedure follow
  std::string bridging;           ///< label of the therapy while waiting; empty for none
  double cycle_length_years = 1;
  std::vector<double> thresholds;  ///< currency per QALY
  std::vector<AccessAnalysis> analyses;
};

/// Tables of waits, of losses, of one more transplant and of equity, with how to read them.
Document access_document(const AccessReport& report);

/// The same for a terminal, below the report's title.
std::string access_tables(const AccessReport& report);

/// The same as JSON.
std::string access_json(const AccessReport& report);

}  // namespace myelin::report
