#include "study/joint_groups.hpp"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

#include "random/joint.hpp"
#include "scenario/evidence.hpp"
#include "study/parameter_draws.hpp"

namespace myelin::study {

namespace {

using Numbers = std::vector<ParameterSet::Number>;
using Members = std::vector<std::size_t>;

/// The square matrix that a list holds row by row; one number stands for every place off the diagonal.
std::optional<Eigen::MatrixXd> square_matrix(const std::vector<double>& list, std::size_t size, bool one_for_all) {
  const auto n = static_cast<Eigen::Index>(size);
  if (one_for_all && list.size() == 1) {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(n, n, list.front());
    matrix.diagonal().setOnes();
    return matrix;
  }
  if (list.size() != size * size) return std::nullopt;
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(list.data(), n, n);
}

class GroupReader {
 public:
  GroupReader(const scenario::Scenario& scenario, const Numbers& numbers, Diagnostics& found)
      : parameters_(scenario.parameters), scenario_(scenario), numbers_(numbers), found_(found) {}

  /// The rules of one group; several for a table of probabilities, one a row.
  std::vector<DrawRule> read(const std::string& name) {
    key_ = "psa.joint." + name;
    check_source();
    const Members members = find_members();
    if (members.empty()) return {};
    const std::string& kind = parameters_.text(key_ + ".kind");
    if (kind == "together") return together(name, members);
    if (kind == "copula") return copula(members);
    if (kind == "multivariate_normal") return multivariate_normal(members);
    if (kind == "dirichlet") return dirichlet(members);
    return rows(members);
  }

 private:
  SourcePlace place(const std::string& field) const {
    return parameters_.has(key_ + "." + field) ? parameters_.entry(key_ + "." + field).place
                                               : parameters_.entry(key_ + ".kind").place;
  }
  void refuse(const std::string& field, const std::string& problem, const std::string& remedy) {
    found_.push_back({place(field), fmt::format("{}: {}", key_, problem), remedy});
  }

  void check_source() {
    const std::string& source = parameters_.text(key_ + ".source");
    const auto known = [&](const scenario::SourceRecord& record) { return record.key == source; };
    if (std::ranges::none_of(scenario_.sources, known))
      refuse("source", fmt::format("unknown source '{}'", source), "add it to the sources file");
  }

  /// The members in the order of the patterns, each once.
  Members find_members() {
    const std::vector<std::string>& patterns = parameters_.text_list(key_ + ".parameters");
    std::vector<std::string> names;
    for (const auto& number : numbers_) names.push_back(number.name);
    for (const std::string& pattern : patterns) {
      if (!fitting(numbers_, {pattern}).empty()) continue;
      const auto nearest = nearest_name(pattern, names);
      refuse(
          "parameters", fmt::format("no input is called '{}'", pattern),
          nearest ? fmt::format("did you mean '{}'?", *nearest) : "name inputs as `myelin check --inputs` lists them");
    }
    return fitting(numbers_, patterns);
  }

  /// Positions among the members of those with a distribution of their own; a number that is exactly known, or set by
  /// hand, stays as it is.
  std::vector<Eigen::Index> varying(const Members& members) const {
    std::vector<Eigen::Index> positions;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto& spread = numbers_[members[i]].provenance->spread;
      if (spread && !spread->is_fixed()) positions.push_back(static_cast<Eigen::Index>(i));
    }
    return positions;
  }

  /// The same where the group itself says how they vary: all but those set by hand or called fixed.
  std::vector<Eigen::Index> free(const Members& members) const {
    std::vector<Eigen::Index> positions;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Provenance& provenance = *numbers_[members[i]].provenance;
      const bool fixed = provenance.spread && provenance.spread->is_fixed();
      if (!fixed && provenance.source != "--set") positions.push_back(static_cast<Eigen::Index>(i));
    }
    return positions;
  }

  static Members chosen(const Members& members, const std::vector<Eigen::Index>& positions) {
    Members all;
    for (const Eigen::Index i : positions) all.push_back(members[static_cast<std::size_t>(i)]);
    return all;
  }

  std::vector<Distribution> distributions(const Members& members) const {
    std::vector<Distribution> all;
    for (const std::size_t i : members) all.push_back(*numbers_[i].provenance->spread);
    return all;
  }

  std::vector<std::string> names_of(const Members& members) const {
    std::vector<std::string> names;
    for (const std::size_t i : members) names.push_back(numbers_[i].name);
    return names;
  }

  std::vector<DrawRule> together(const std::string& name, const Members& all) {
    const Members members = chosen(all, varying(all));
    if (members.empty()) return {};
    return {
        {{"psa.joint." + name},
         members,
         [spread = distributions(members)](std::size_t, std::span<const double> uniforms, std::span<double> values) {
           for (std::size_t i = 0; i < spread.size(); ++i) values[i] = spread[i].quantile(uniforms[0]);
         }}};
  }

  std::vector<DrawRule> copula(const Members& all) {
    if (!parameters_.has(key_ + ".correlation")) {
      refuse("kind", "a copula needs `correlation`", "add correlation = [0.5], or the matrix row by row");
      return {};
    }
    const auto matrix = square_matrix(parameters_.number_list(key_ + ".correlation"), all.size(), true);
    if (!matrix) return refuse_size("correlation", all.size());
    const std::vector<Eigen::Index> positions = varying(all);
    const Members members = chosen(all, positions);
    if (members.empty()) return {};
    const auto made = GaussianCopula::make((*matrix)(positions, positions));
    if (!made) {
      refuse("correlation", made.error().problem, made.error().remedy);
      return {};
    }
    return {{names_of(members), members,
             [copula = *made, spread = distributions(members)](std::size_t, std::span<const double> uniforms,
                                                               std::span<double> values) {
               std::ranges::copy(uniforms, values.begin());
               copula.couple(values);
               for (std::size_t i = 0; i < spread.size(); ++i) values[i] = spread[i].quantile(values[i]);
             }}};
  }

  std::vector<DrawRule> refuse_size(const std::string& field, std::size_t size) {
    refuse(field,
           fmt::format("`{}` has {} numbers for {} inputs", field, parameters_.number_list(key_ + "." + field).size(),
                       size),
           fmt::format("write {} numbers, the matrix row by row, in the order of `parameters`", size * size));
    return {};
  }

  std::vector<DrawRule> multivariate_normal(const Members& all) {
    if (!parameters_.has(key_ + ".covariance")) {
      refuse("kind", "a multivariate normal distribution needs `covariance`", "add the matrix row by row");
      return {};
    }
    const auto matrix = square_matrix(parameters_.number_list(key_ + ".covariance"), all.size(), false);
    if (!matrix) return refuse_size("covariance", all.size());
    const std::vector<Eigen::Index> positions = free(all);
    const Members members = chosen(all, positions);
    if (members.empty()) return {};
    Eigen::VectorXd mean(static_cast<Eigen::Index>(members.size()));
    for (std::size_t i = 0; i < members.size(); ++i) mean[static_cast<Eigen::Index>(i)] = numbers_[members[i]].value;
    const auto made = MultivariateNormal::make(mean, (*matrix)(positions, positions));
    if (!made) {
      refuse("covariance", made.error().problem, made.error().remedy);
      return {};
    }
    return {{names_of(members), members,
             [normal = *made](std::size_t, std::span<const double> uniforms, std::span<double> values) {
               const Eigen::VectorXd drawn = normal.draw(uniforms);
               std::ranges::copy(drawn, values.begin());
             }}};
  }

  /// The rows of probabilities of a table: cells that agree in the columns of `group_by`.
  std::vector<DrawRule> dirichlet(const Members& members) {
    if (!parameters_.has(key_ + ".group_by") || !parameters_.has(key_ + ".size")) {
      refuse("kind", "a Dirichlet distribution needs `group_by` and `size`",
             "add group_by = [\"from\"] and size = the effective number of patients behind a row");
      return {};
    }
    const double size = parameters_.number(key_ + ".size");
    std::vector<DrawRule> rules;
    for (const Members& row : rows_of_probabilities(members)) {
      if (free(row).size() != row.size()) continue;  // a row with a number set by hand stays as it is
      std::vector<double> means;
      for (const std::size_t i : row) means.push_back(numbers_[i].value);
      const double sum = std::accumulate(means.begin(), means.end(), 0.0);
      if (std::abs(sum - 1) > 1e-6) {
        refuse("group_by",
               fmt::format("the probabilities from {} sum to {:.9g} and not to 1", numbers_[row.front()].name, sum),
               "name in `parameters` all cells of a row, and in `group_by` the columns that name the row");
        continue;
      }
      for (double& mean : means) mean /= sum;
      rules.push_back(
          {names_of(row), row, [means, size](std::size_t, std::span<const double> uniforms, std::span<double> values) {
             const std::vector<double> drawn = dirichlet_draw(means, size, uniforms);
             std::ranges::copy(drawn, values.begin());
           }});
    }
    return rules;
  }

  std::vector<Members> rows_of_probabilities(const Members& members) {
    std::map<std::string, Members> rows;
    std::vector<std::string> order;
    for (const std::size_t i : members) {
      const std::string& name = numbers_[i].name;
      const std::vector<std::string>& columns = parameters_.text_list(key_ + ".group_by");
      std::string row = columns.empty() ? "" : name.substr(0, name.find('['));
      for (const std::string& column : columns) {
        const std::size_t at = std::min(name.find("[" + column + "="), name.find(" " + column + "="));
        if (at == std::string::npos) {
          refuse("group_by", fmt::format("{} has no column '{}'", name, column),
                 "name the columns of the table whose values name a row of probabilities");
          return {};
        }
        row += "|" + name.substr(at + 1, name.find_first_of(",]", at) - at - 1);
      }
      if (!rows.contains(row)) order.push_back(row);
      rows[row].push_back(i);
    }
    std::vector<Members> all;
    for (const std::string& row : order) all.push_back(rows[row]);
    return all;
  }

  /// The columns of a file of draws that the members are called by.
  std::vector<DrawRule> rows(const Members& all) {
    if (!parameters_.has(key_ + ".file")) {
      refuse("kind", "rows need a `file`",
             "add file = \"draws.csv\", one draw a row and the names of inputs as header");
      return {};
    }
    const Members members = chosen(all, free(all));
    if (members.empty()) return {};
    const Records& file = parameters_.records(key_ + ".file");
    std::vector<std::vector<double>> by_draw(file.rows.size(), std::vector<double>(members.size()));
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto column = std::ranges::find(file.columns, numbers_[members[m]].name, &Records::Field::text);
      if (column == file.columns.end()) {
        refuse("file", fmt::format("{} has no column '{}'", file.file, numbers_[members[m]].name),
               "name the column as the input");
        return {};
      }
      const auto at = static_cast<std::size_t>(column - file.columns.begin());
      for (std::size_t row = 0; row < file.rows.size(); ++row) {
        const Records::Field& field = file.rows[row][at];
        const auto number = scenario::parse_number(field.text);
        if (!number) found_.push_back({field.place, fmt::format("'{}' is no number", field.text), "write a number"});
        by_draw[row][m] = number.value_or(0);
      }
    }
    if (by_draw.empty()) {
      refuse("file", file.file + " has no draws", "write one draw a row");
      return {};
    }
    return {{{}, members, [by_draw](std::size_t draw, std::span<const double>, std::span<double> values) {
               std::ranges::copy(by_draw[draw % by_draw.size()], values.begin());
             }}};
  }

  const ParameterSet& parameters_;
  const scenario::Scenario& scenario_;
  const Numbers& numbers_;
  Diagnostics& found_;
  std::string key_;
};

}  // namespace

Members fitting(const Numbers& numbers, const std::vector<std::string>& patterns) {
  Members members;
  for (const std::string& pattern : patterns) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (fits_pattern(numbers[i].name, pattern) && std::ranges::find(members, i) == members.end())
        members.push_back(i);
    }
  }
  return members;
}

std::vector<DrawRule> draw_rules(const scenario::Scenario& scenario, Diagnostics& found) {
  const Numbers numbers = scenario.parameters.numbers();
  std::vector<DrawRule> rules;
  std::vector<std::string> group_of(numbers.size());
  GroupReader reader(scenario, numbers, found);
  for (const std::string& name : scenario.parameters.names_under("psa.joint")) {
    for (DrawRule& rule : reader.read(name)) {
      for (const std::size_t member : rule.members) {
        if (!group_of[member].empty()) {
          found.push_back(
              {scenario.parameters.entry("psa.joint." + name + ".parameters").place,
               fmt::format("{} is in the joint groups {} and {}", numbers[member].name, group_of[member], name),
               "let each input be in one group"});
        }
        group_of[member] = name;
      }
      rules.push_back(std::move(rule));
    }
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::optional<Distribution>& spread = numbers[i].provenance->spread;
    if (!group_of[i].empty() || !spread || spread->is_fixed()) continue;
    rules.push_back({{numbers[i].name},
                     {i},
                     [own = *spread](std::size_t, std::span<const double> uniforms, std::span<double> values) {
                       values[0] = own.quantile(uniforms[0]);
                     }});
  }
  return rules;
}

}  // namespace myelin::study
