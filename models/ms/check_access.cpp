#include <fmt/format.h>

#include <algorithm>

#include "models/ms/access.hpp"
#include "models/ms/check.hpp"

/// \file
/// What can be wrong with the regions of a scenario and the strategies that they name.

namespace myelin::ms {

namespace {

std::string lines_of(const std::string& strategy) { return "strategies." + strategy + ".lines"; }

bool is_procedure(const ParameterSet& parameters, const std::string& therapy) {
  const std::string kind = "therapies." + therapy + ".kind";
  return parameters.is_sound(kind) && parameters.text(kind) == "procedure";
}

bool begins_with_procedure(const ParameterSet& parameters, const std::string& strategy) {
  const std::vector<std::string>& lines = parameters.text_list(lines_of(strategy));
  return !lines.empty() && is_procedure(parameters, lines.front());
}

std::vector<std::string> referring_strategies(const ParameterSet& parameters) {
  std::vector<std::string> found = parameters.names_under("strategies");
  std::erase_if(found, [&](const std::string& strategy) { return !begins_with_procedure(parameters, strategy); });
  return found;
}

class AccessCheck : public ParameterCheck {
 public:
  using ParameterCheck::ParameterCheck;

  void strategy() {
    const std::string key = "access.strategy";
    if (!parameters_.has(key)) return only_strategy(key);
    if (!sound({key}) || !known(key)) return;
    const std::string& strategy = parameters_.text(key);
    if (begins_with_procedure(parameters_, strategy)) return waiting(key, strategy);
    refuse(key, fmt::format("strategy '{}' does not begin with a procedure, to which patients are referred", strategy),
           "name one that does");
  }

  void without() {
    const std::string key = "access.without";
    if (!sound({key}) || !known(key)) return;
    const std::string& strategy = parameters_.text(key);
    for (const std::string& therapy : parameters_.text_list(lines_of(strategy))) {
      if (!is_procedure(parameters_, therapy)) continue;
      refuse(key, fmt::format("strategy '{}' of those without access contains the procedure '{}'", strategy, therapy),
             "name one without");
    }
  }

 private:
  /// Without a name, the strategy that begins with a procedure.
  void only_strategy(const std::string& key) {
    const std::vector<std::string> all = parameters_.names_under("strategies");
    if (!std::ranges::all_of(all, [&](const std::string& each) { return sound({lines_of(each)}); })) return;
    const std::vector<std::string> found = referring_strategies(parameters_);
    if (found.size() == 1) return waiting(first_region(), found.front());
    refuse(first_region(), fmt::format("{} strategies begin with a procedure", found.empty() ? "no" : "several"),
           fmt::format("name the strategy of those who are referred in '{}'", key));
  }

  /// A key of the first region, for what no key of its own shows.
  std::string first_region() const {
    const auto entry = std::ranges::find_if(parameters_.entries(), [](const ParameterSet::Entry& each) {
      return each.path.starts_with("access.regions.");
    });
    return entry->path;
  }

  /// Whether the strategy that a key names is there and its lines can be judged.
  bool known(const std::string& key) {
    const std::string& strategy = parameters_.text(key);
    return named(key, "strategies", strategy, "strategy") && sound({lines_of(strategy)});
  }

  /// The wait is what capacity changes: a scenario that says nothing of it has no place for it.
  void waiting(const std::string& key, const std::string& strategy) {
    const std::string wait = "therapies." + parameters_.text_list(lines_of(strategy)).front() + ".procedure.waiting";
    if (!parameters_.has(wait))
      refuse(key, fmt::format("access needs '{}', which the capacity changes", wait), "add it with its source");
  }
};

}  // namespace

std::string access_strategy(const ParameterSet& parameters) {
  return parameters.has("access.strategy") ? parameters.text("access.strategy")
                                           : referring_strategies(parameters).front();
}

Diagnostics check_access(const ParameterSet& parameters) {
  AccessCheck check(parameters);
  if (!parameters.names_under("access.regions").empty()) check.strategy();
  check.without();
  return check.found();
}

}  // namespace myelin::ms
