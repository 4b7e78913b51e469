#include "models/markov/formulas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "core/contract.hpp"
#include "models/markov/formula_check.hpp"

namespace myelin::markov {

namespace {

using Operand = std::shared_ptr<const Tabulated>;

Operand constant(double value) { return std::make_shared<Tabulated>(Tabulated{{}, {value}, {}}); }

/// Goes through all levels of some axes in row-major order.
class Rows {
 public:
  Rows(const Axes& all, const std::vector<std::size_t>& axes) : all_(all), axes_(axes), levels_(axes.size(), 0) {}

  void next() {
    for (std::size_t i = axes_.size(); i-- > 0;) {
      if (++levels_[i] < all_[axes_[i]].levels.size()) return;
      levels_[i] = 0;
    }
  }
  std::size_t level_of(std::size_t axis) const {
    return levels_[static_cast<std::size_t>(std::ranges::find(axes_, axis) - axes_.begin())];
  }

 private:
  const Axes& all_;
  const std::vector<std::size_t>& axes_;
  std::vector<std::size_t> levels_;
};

}  // namespace

FormulaBook::FormulaBook(const ParameterSet& parameters, const Structure& structure, const Axes& axes,
                         const std::string& strategy)
    : parameters_(parameters),
      structure_(structure),
      axes_(axes),
      names_(parameters, structure, axes, strategy),
      tables_(parameters, structure),
      parser_(make_parser(tables_)) {}

std::uint32_t FormulaBook::note(const Reason& reason) {
  const auto known = std::ranges::find(reasons_, reason);
  const auto index = static_cast<std::uint32_t>(known - reasons_.begin());
  if (known == reasons_.end()) reasons_.push_back(reason);
  return index;
}

Operand FormulaBook::tabulate(const Formula& formula, Diagnostics& found) {
  const auto known = tabulated_.find(&formula);
  if (known != tabulated_.end()) return known->second;
  Operand number = work_out(formula, found);
  tabulated_.emplace(&formula, number);
  return number;
}

Operand FormulaBook::work_out(const Formula& formula, Diagnostics& found) {
  double number = 0;
  const char* end = formula.text.data() + formula.text.size();
  if (const auto [stop, failure] = std::from_chars(formula.text.data(), end, number);
      failure == std::errc() && stop == end && std::isfinite(number))
    return constant(number);
  std::map<std::string, Operand> operands;
  bool complete = true;
  for (const std::string& name : names_used(parser_, formula)) {
    const Operand value = operand(name, found);
    complete = complete && value != nullptr;
    operands.emplace(name, value);
  }
  return complete ? evaluate(formula, operands, found) : nullptr;
}

Operand FormulaBook::operand(const std::string& name, Diagnostics& found) {
  const auto known = operands_.find(name);
  if (known != operands_.end()) return known->second;
  Operand value = make_operand(name, found);
  operands_.emplace(name, value);
  return value;
}

Operand FormulaBook::make_operand(const std::string& name, Diagnostics& found) {
  const auto meaning = names_.find(name);
  MYELIN_EXPECT(meaning.has_value());
  switch (meaning->kind) {
    case Meaning::Kind::number:
      return constant(meaning->number);
    case Meaning::Kind::formula:
      return tabulate(*meaning->formula, found);
    case Meaning::Kind::group_value:
      return over_groups(name, found);
    case Meaning::Kind::axis:
      return std::make_shared<Tabulated>(Tabulated{{meaning->axis}, axes_[meaning->axis].values, {}});
    case Meaning::Kind::age:
      return ages(found);
    case Meaning::Kind::time:
      break;
  }
  Tabulated time{{axes_.cycle()}, axes_[axes_.cycle()].values, {}};
  for (double& value : time.values) value *= structure_.timing.cycle_length.value;
  return std::make_shared<Tabulated>(std::move(time));
}

Operand FormulaBook::over_groups(const std::string& name, Diagnostics& found) {
  Tabulated values{{*axes_.group()}, {}, {}};
  for (std::size_t group = 0; group < structure_.groups.size(); ++group) {
    const Formula& formula = names_.group_formula(group, name);
    const Operand value = tabulate(formula, found);
    if (value == nullptr) return nullptr;
    if (!value->axes.empty()) {
      found.push_back(formula_problem(formula, 0, fmt::format("it varies with {}", axes_[value->axes.front()].name),
                                      "a group's value is one number: use the name in another formula"));
      return nullptr;
    }
    if (name == "age" && !(value->values.front() >= 0 && value->values.front() <= 150)) {
      found.push_back(formula_problem(formula, 0, fmt::format("the age is {:g}", value->values.front()),
                                      "give an age from 0 to 150 years"));
      return nullptr;
    }
    values.values.push_back(value->values.front());
  }
  return std::make_shared<Tabulated>(std::move(values));
}

Operand FormulaBook::ages(Diagnostics& found) {
  constexpr double rounding = 1e-9;
  const bool by_group =
      !structure_.groups.empty() && std::ranges::find(structure_.groups.front().values, "age", &Formula::name) !=
                                        structure_.groups.front().values.end();
  const Operand start = by_group ? over_groups("age", found) : constant(parameters_.number("population.start_age"));
  if (start == nullptr) return nullptr;
  Tabulated age{start->axes, {}, {}};
  age.axes.push_back(axes_.cycle());
  for (const double first : start->values) {
    for (const double cycle : axes_[axes_.cycle()].values)
      age.values.push_back(std::floor(first + cycle * structure_.timing.cycle_length.value + rounding));
  }
  return std::make_shared<Tabulated>(std::move(age));
}

Operand FormulaBook::evaluate(const Formula& formula, const std::map<std::string, Operand>& operands,
                              Diagnostics& found) {
  std::set<std::size_t> axes;
  for (const auto& [name, value] : operands) axes.insert(value->axes.begin(), value->axes.end());
  Tabulated number{{axes.begin(), axes.end()}, {}, {}};
  if (const std::string product = too_many_combinations(axes_, number.axes); !product.empty()) {
    found.push_back(formula_problem(formula, 0,
                                    fmt::format("it varies with {}: more than {} values", product, most_combinations),
                                    "use fewer attributes in one formula, or attributes with fewer levels"));
    return nullptr;
  }
  std::size_t rows = 1;
  for (const std::size_t axis : number.axes) rows *= axes_[axis].levels.size();
  std::vector<double> slots(operands.size());
  try {
    parser_.ClearVar();
    std::size_t next = 0;
    for (const auto& [name, value] : operands) parser_.DefineVar(name, &slots[next++]);
    parser_.SetExpr(formula.text);
    Rows at(axes_, number.axes);
    number.values.resize(rows);
    for (std::size_t row = 0; row < rows; ++row, at.next()) {
      std::uint32_t inherited = 0;
      next = 0;
      for (const auto& [name, value] : operands) {
        const std::size_t source = value->row(axes_, [&](std::size_t axis) { return at.level_of(axis); });
        slots[next++] = value->values[source];
        if (!value->reason.empty() && inherited == 0) inherited = value->reason[source];
      }
      number.values[row] = evaluate_row(formula, number, row, inherited);
    }
    if (parser_.GetNumResults() > 1) {
      found.push_back(formula_problem(formula, 0, "it has several values, separated by commas", "give one"));
      return nullptr;
    }
  } catch (const mu::Parser::exception_type& error) {
    found.push_back(formula_problem(formula, 0, error.GetMsg(), "correct it"));
    return nullptr;
  }
  return std::make_shared<Tabulated>(std::move(number));
}

double FormulaBook::evaluate_row(const Formula& formula, Tabulated& number, std::size_t row, std::uint32_t inherited) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double value = none;
  try {
    value = parser_.Eval();
  } catch (const mu::Parser::exception_type&) {  // a comparison with what is no number
  }
  const std::string miss = tables_.take_miss();
  if (std::isfinite(value) && miss.empty()) return value;
  number.reason.resize(number.values.size(), 0);
  if (!miss.empty()) {
    number.reason[row] = note({miss, "extend the table, or shorten the horizon", &formula});
  } else if (inherited != 0) {
    number.reason[row] = inherited;
  } else {
    number.reason[row] = note({std::isinf(value) ? "it is infinite" : "it is not a number",
                               "mend the formula: a division by zero, a logarithm of a negative number, or an argument "
                               "that a function does not take",
                               &formula});
  }
  return none;
}

}  // namespace myelin::markov
