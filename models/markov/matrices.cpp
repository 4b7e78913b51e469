#include "models/markov/matrices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/markov/formula_check.hpp"
#include "program/transition_matrix.hpp"

namespace myelin::markov {

namespace {

std::shared_ptr<TabulatedMatrix> make_shared_matrix(TabulatedMatrix matrix) {
  return std::make_shared<TabulatedMatrix>(std::move(matrix));
}

}  // namespace

MatrixBook::MatrixBook(const ParameterSet& parameters, const Structure& structure, FormulaBook& formulas)
    : parameters_(parameters), structure_(structure), formulas_(formulas) {}

MatrixBook::Shared MatrixBook::matrix(const std::string& name, Diagnostics& found) {
  const auto known = matrices_.find(name);
  if (known != matrices_.end()) return known->second;
  const auto definition = std::ranges::find(structure_.matrices, name, &MatrixDefinition::name);
  Shared made = definition == structure_.matrices.end() ? nullptr : make(*definition, found);
  matrices_.emplace(name, made);
  return made;
}

MatrixBook::Shared MatrixBook::make(const MatrixDefinition& definition, Diagnostics& found) {
  using enum MatrixDefinition::Made;
  switch (definition.made) {
    case rows:
    case entries:
      return given(definition, found);
    case table:
      return of_table(definition, found);
    case expm:
    case logm:
    case hazard_ratio:
      break;
  }
  return transformed(definition, found);
}

double MatrixBook::years_of(const MatrixDefinition& definition, Diagnostics& found) {
  if (!definition.years) return structure_.timing.cycle_length.value;
  const auto years = formulas_.tabulate(*definition.years, found);
  if (years == nullptr) return structure_.timing.cycle_length.value;
  if (years->axes.empty() && years->values.front() > 0) return years->values.front();
  found.push_back(formula_problem(*definition.years, 0, "a period is one positive number of years", "correct it"));
  return structure_.timing.cycle_length.value;
}

MatrixBook::Shared MatrixBook::given(const MatrixDefinition& definition, Diagnostics& found) {
  std::vector<Cell> cells;
  bool good = true;
  const auto add = [&](Eigen::Index from, Eigen::Index to, const Formula& formula) {
    cells.push_back({from, to, formulas_.tabulate(formula, found), &formula});
    good = good && cells.back().number != nullptr;
  };
  for (std::size_t from = 0; from < definition.rows.size(); ++from) {
    for (std::size_t to = 0; to < definition.rows.size(); ++to)
      add(static_cast<Eigen::Index>(from), static_cast<Eigen::Index>(to), definition.rows[from][to]);
  }
  for (const MoveFormula& entry : definition.entries) add(entry.move.from, entry.move.to, entry.formula);
  const double years = years_of(definition, found);
  if (!good) return nullptr;
  return from_cells({"matrix '" + definition.name + "'", definition.place, definition.attribute, definition.intensities,
                     years, std::move(cells)},
                    found);
}

MatrixBook::Shared MatrixBook::of_table(const MatrixDefinition& definition, Diagnostics& found) {
  const ParameterTable& table = parameters_.table("tables." + definition.table);
  const std::vector<std::string>& levels = structure_.attributes[definition.attribute].levels;
  const bool fits = table.columns.size() == 2 && table.columns[0].name == "from" && table.columns[1].name == "to";
  if (!fits) {
    found.push_back({definition.place,
                     fmt::format("table '{}' cannot be a matrix: its columns are not from and to", definition.table),
                     "name its columns from, to, value, unit, source, grade"});
    return nullptr;
  }
  std::vector<Cell> cells;
  const auto level_of = [&](const KeyColumn& column, std::size_t position) {
    const std::string name =
        column.levels.empty() ? std::to_string(column.first + static_cast<int>(position)) : column.levels[position];
    const auto level = std::ranges::find(levels, name);
    if (level == levels.end()) {
      found.push_back({definition.place,
                       fmt::format("table '{}': '{}' is no level of attribute '{}'", definition.table, name,
                                   structure_.attributes[definition.attribute].name),
                       "name the attribute's levels"});
    }
    return level == levels.end() ? Eigen::Index{-1} : static_cast<Eigen::Index>(level - levels.begin());
  };
  const std::size_t before = found.size(),
                    across = table.values.size() /
                             (table.columns[0].levels.empty()
                                  ? static_cast<std::size_t>(table.columns[0].last - table.columns[0].first) + 1
                                  : table.columns[0].levels.size());
  std::vector<Eigen::Index> to;
  for (std::size_t position = 0; position < across; ++position) to.push_back(level_of(table.columns[1], position));
  for (std::size_t row = 0; row * across < table.values.size(); ++row) {
    const Eigen::Index from = level_of(table.columns[0], row);
    for (std::size_t position = 0; position < across; ++position) {
      cells.push_back({from, to[position],
                       std::make_shared<Tabulated>(Tabulated{{}, {table.values[row * across + position]}, {}}),
                       nullptr});
    }
  }
  const double years = years_of(definition, found);
  if (found.size() > before) return nullptr;
  return from_cells({"matrix '" + definition.name + "'", definition.place, definition.attribute, definition.intensities,
                     years, std::move(cells)},
                    found);
}

MatrixBook::Shared MatrixBook::generator(const Transition& transition, Diagnostics& found) {
  std::vector<Cell> cells;
  bool good = true;
  for (const MoveFormula& entry : transition.entries) {
    cells.push_back({entry.move.from, entry.move.to, formulas_.tabulate(entry.formula, found), &entry.formula});
    good = good && cells.back().number != nullptr;
  }
  if (!good) return nullptr;
  return from_cells(
      {"transition '" + transition.name + "'", transition.place, transition.attribute, true, 0, std::move(cells)},
      found);
}

Cells MatrixBook::chosen(const MatrixDefinition& definition, Diagnostics& found) const {
  const Attribute& attribute = structure_.attributes[definition.attribute];
  const auto n = static_cast<Eigen::Index>(attribute.levels.size());
  const Eigen::Index first_dead = attribute.first_dead < 0 ? n : attribute.first_dead;
  Cells cells = Cells::Constant(n, n, false);
  if (definition.on.empty()) {
    found.push_back({definition.place, fmt::format("matrix '{}': the hazard ratio acts on nothing", definition.name),
                     "name worsening, improvement, or moves such as \"A->B\""});
  }
  for (const std::string& text : definition.on) {
    if (text == "worsening") {
      cells = cells || worsening(n, first_dead);
      continue;
    }
    if (text == "improvement") {
      cells = cells || improvement(n, first_dead);
      continue;
    }
    const std::size_t arrow = text.find("->");
    const auto from = std::ranges::find(attribute.levels, text.substr(0, arrow));
    const auto to = arrow == std::string::npos ? attribute.levels.end()
                                               : std::ranges::find(attribute.levels, text.substr(arrow + 2));
    if (from == attribute.levels.end() || to == attribute.levels.end() || from == to) {
      found.push_back(
          {definition.place,
           fmt::format("matrix '{}': '{}' is no transition of attribute '{}'", definition.name, text, attribute.name),
           "write worsening, improvement, or level->level"});
    } else {
      cells(from - attribute.levels.begin(), to - attribute.levels.begin()) = true;
    }
  }
  return cells;
}

MatrixBook::Shared MatrixBook::transformed(const MatrixDefinition& definition, Diagnostics& found) {
  const Shared source = matrix(definition.of, found);
  if (source == nullptr) return nullptr;
  const bool wants_intensities = definition.made == MatrixDefinition::Made::expm;
  if (definition.made != MatrixDefinition::Made::hazard_ratio && source->intensities != wants_intensities) {
    found.push_back(
        {definition.place,
         fmt::format("matrix '{}': {} of '{}', which holds {}", definition.name, wants_intensities ? "expm" : "logm",
                     definition.of, source->intensities ? "intensities" : "probabilities"),
         "expm turns intensities into probabilities, logm probabilities into intensities"});
    return nullptr;
  }
  if (definition.made == MatrixDefinition::Made::hazard_ratio) return under_ratio(definition, *source, found);
  TabulatedMatrix result{source->axes, {}, source->reason, !wants_intensities, years_of(definition, found)};
  for (std::size_t row = 0; row < source->values.size(); ++row) {
    result.values.emplace_back();
    if (result.reason[row] != 0) continue;
    if (wants_intensities) {
      result.values.back() = probabilities_of(source->values[row], Years{result.years});
      continue;
    }
    const Adjustment adjustment = definition.adjustment == "diagonal"   ? Adjustment::diagonal
                                  : definition.adjustment == "weighted" ? Adjustment::weighted
                                                                        : Adjustment::none;
    const auto generator = generator_of(source->values[row], Years{source->years}, adjustment);
    if (!generator) {
      result.reason[row] = formulas_.note(
          {fmt::format("matrix '{}' has no real logarithm, so no process in time has its probabilities", definition.of),
           "use cycles of the matrix's own period", nullptr});
      continue;
    }
    result.values.back() = *generator;
    const auto faulty =
        fault_of({definition.name, definition.place, definition.attribute, true, 0, {}}, result.values.back());
    if (!faulty) continue;
    result.reason[row] =
        formulas_.note({fmt::format("the logarithm of matrix '{}': {}", definition.of, faulty->problem),
                        "choose adjustment = \"diagonal\" or \"weighted\"", nullptr});
  }
  return make_shared_matrix(std::move(result));
}

MatrixBook::Shared MatrixBook::under_ratio(const MatrixDefinition& definition, const TabulatedMatrix& source,
                                           Diagnostics& found) {
  const auto ratio = formulas_.tabulate(*definition.ratio, found);
  const std::size_t before = found.size();
  const Cells cells = chosen(definition, found);
  if (ratio == nullptr || found.size() > before) return nullptr;
  const Axes& axes = formulas_.axes();
  std::set<std::size_t> union_of_axes(source.axes.begin(), source.axes.end());
  union_of_axes.insert(ratio->axes.begin(), ratio->axes.end());
  TabulatedMatrix result{{union_of_axes.begin(), union_of_axes.end()}, {}, {}, source.intensities, source.years};
  const Scale scale = source.intensities                 ? Scale::intensity
                      : definition.scale == "row_hazard" ? Scale::row_hazard
                                                         : Scale::probability;
  if (too_many(definition.place, "matrix '" + definition.name + "'", result.axes, found)) return nullptr;
  for (std::size_t row = 0; row < combinations(axes, result.axes); ++row) {
    const auto level_of = [&](std::size_t axis) { return level_in_row(axes, result.axes, row, axis); };
    std::size_t from = 0;
    for (const std::size_t axis : source.axes) from = from * axes[axis].levels.size() + level_of(axis);
    const double value = ratio->values[ratio->row(axes, level_of)];
    std::uint32_t reason = source.reason[from];
    if (reason == 0 && !(value >= 0))
      reason = formulas_.note(
          {fmt::format("the hazard ratio is {:.12g}", value), "a ratio is not negative", &*definition.ratio});
    result.values.emplace_back();
    if (reason == 0) {
      result.values.back() = with_hazard_ratio(source.values[from], cells, HazardRatio(value), scale);
      const auto faulty = fault_of({definition.name, definition.place, definition.attribute, source.intensities, 0, {}},
                                   result.values.back());
      if (faulty)
        reason = formulas_.note({fmt::format("matrix '{}': {}", definition.name, faulty->problem),
                                 "lower the ratio, or let it act on intensities", &*definition.ratio});
    }
    if (reason != 0) result.values.back() = Eigen::MatrixXd();
    result.reason.push_back(reason);
  }
  return make_shared_matrix(std::move(result));
}

}  // namespace myelin::markov
