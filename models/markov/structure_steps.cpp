#include <cctype>

#include "models/markov/structure_reader.hpp"

namespace myelin::markov {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class StepReader : public StructureReader {
 public:
  using StructureReader::StructureReader;

  void transitions() {
    for (const std::string& name : parameters_.names_under("transitions")) {
      const std::string path = "transitions." + name;
      Transition transition;
      transition.name = name;
      const auto attribute = attribute_at(path + ".attribute");
      if (!attribute) continue;
      transition.place = place(path + ".attribute");
      transition.attribute = *attribute;
      changeable(*attribute, transition.place);
      std::vector<std::string> given;
      for (const char* way : {"probabilities", "rates", "matrix"}) {
        if (parameters_.has(path + "." + way)) given.emplace_back(way);
      }
      if (given.size() != 1) {
        refuse(transition.place,
               given.empty()
                   ? fmt::format("transition '{}' is not given", name)
                   : fmt::format("transition '{}' is given in {} ways: {}", name, given.size(), listed(given)),
               "give one of probabilities, rates or matrix");
        continue;
      }
      if (!sound(path + "." + given[0])) continue;
      if (given[0] == "matrix") {
        transition.kind = Transition::Kind::matrix;
        transition.matrix = parameters_.text(path + ".matrix");
        named(path + ".matrix", transition.matrix, parameters_.names_under("matrices"), "matrix");
      } else {
        transition.kind = given[0] == "rates" ? Transition::Kind::rates : Transition::Kind::probabilities;
        transition.entries = moves(path + "." + given[0], *attribute, true);
      }
      structure_.transitions.push_back(std::move(transition));
    }
  }

  void matrices() {
    for (const std::string& name : parameters_.names_under("matrices")) {
      const std::string path = "matrices." + name;
      const auto attribute = attribute_at(path + ".attribute");
      if (!attribute) continue;
      MatrixDefinition matrix;
      matrix.name = name;
      matrix.place = place(path + ".attribute");
      matrix.attribute = *attribute;
      if (!made(path, matrix)) continue;
      useless_keys(path, matrix);
      if (sound(path + ".years")) matrix.years = parameters_.formula(path + ".years");
      if (sound(path + ".ratio")) matrix.ratio = parameters_.formula(path + ".ratio");
      if (sound(path + ".on")) matrix.on = parameters_.text_list(path + ".on");
      matrix.scale = parameters_.text(path + ".scale");
      matrix.adjustment = parameters_.text(path + ".adjustment");
      matrix.intensities = parameters_.text(path + ".kind") == "intensities";
      structure_.matrices.push_back(std::move(matrix));
    }
  }

  void rewards() {
    for (const std::string& name : parameters_.names_under("rewards")) {
      const std::string path = "rewards." + name;
      if (!sound(path + ".outcome")) continue;
      Reward reward;
      reward.name = name;
      reward.place = place(path + ".outcome");
      reward.outcome = parameters_.text(path + ".outcome");
      reward.label = sound(path + ".label") ? parameters_.text(path + ".label") : name;
      reward.unit = parameters_.text(path + ".unit");
      if (parameters_.has(path + ".of")) {
        reward.of = attribute_at(path + ".of");
        if (!reward.of) continue;
      }
      reward.per_year = levels_of(path + ".per_year", reward);
      reward.per_cycle = levels_of(path + ".per_cycle", reward);
      if (sound(path + ".on")) {
        if (needs_attribute(path + ".on", reward)) reward.on = moves(path + ".on", *reward.of, false);
      }
      if (sound(path + ".at_start")) reward.at_start = parameters_.formula(path + ".at_start");
      if (parameters_.text(path + ".events") == "at_time_point") reward.event_weight = EventWeight::next_point;
      check_outcome(reward);
      const auto same = std::ranges::find(structure_.rewards, reward.outcome, &Reward::outcome);
      const bool own = reward.outcome != "cost" && reward.outcome != "qaly";
      if (own && same != structure_.rewards.end() &&
          (same->unit != reward.unit || same->event_weight != reward.event_weight)) {
        refuse(reward.place,
               fmt::format("rewards '{}' and '{}' add to '{}' with different unit or events", same->name, reward.name,
                           reward.outcome),
               "give both the same");
      }
      structure_.rewards.push_back(std::move(reward));
    }
  }

 private:
  void changeable(std::size_t attribute, const SourcePlace& where) {
    const Attribute& declared = structure_.attributes[attribute];
    if (declared.memory == Memory::constant) {
      refuse(where, fmt::format("attribute '{}' is constant and has a transition", declared.name),
             "leave out its memory = \"constant\"");
    }
    if (declared.time_in || declared.each_cycle) {
      refuse(where, fmt::format("attribute '{}' follows a rule and has a transition", declared.name),
             "leave out time_in or each_cycle, or the transition");
    }
  }

  /// `from->to`, `*` for any other level.
  std::vector<MoveFormula> moves(const std::string& path, std::size_t attribute, bool exact) {
    std::vector<MoveFormula> entries;
    const std::vector<std::string>& levels = structure_.attributes[attribute].levels;
    for (const Formula& formula : parameters_.formulas(path)) {
      const std::string& text = formula.name;
      const std::size_t arrow = text.find("->");
      if (arrow == std::string::npos) {
        refuse(formula.place,
               formula.name.empty() ? "one formula stands where moves are needed"
                                    : fmt::format("'{}' is no move from a level to another", formula.name),
               fmt::format("write \"{}->{}\" = ...", levels.front(), levels.back()));
        continue;
      }
      const auto from = level_of(trimmed(text.substr(0, arrow)), attribute, formula.place),
                 to = level_of(trimmed(text.substr(arrow + 2)), attribute, formula.place);
      if (!from || !to) continue;
      if (exact && (*from < 0 || *to < 0)) {
        refuse(formula.place, fmt::format("'{}' does not name one transition", formula.name), "name both levels");
        continue;
      }
      const auto same = [&](const MoveFormula& other) { return other.move.from == *from && other.move.to == *to; };
      if (std::ranges::any_of(entries, same))
        refuse(formula.place, fmt::format("'{}' is given twice", formula.name), "keep one of the two");
      const int first_dead = structure_.attributes[attribute].first_dead;
      if (first_dead >= 0 && *from >= first_dead)
        refuse(formula.place, fmt::format("'{}' leaves a dead level", formula.name),
               "the dead draw no more: remove it");
      entries.push_back({{*from, *to}, formula});
    }
    return entries;
  }

  bool made(const std::string& path, MatrixDefinition& matrix) {
    using enum MatrixDefinition::Made;
    std::vector<std::string> given;
    for (const char* way : {"rows", "entries", "table", "function"}) {
      if (parameters_.has(path + "." + way)) given.emplace_back(way);
    }
    if (given.size() != 1) {
      refuse(matrix.place,
             given.empty()
                 ? fmt::format("matrix '{}' is not given", matrix.name)
                 : fmt::format("matrix '{}' is given in {} ways: {}", matrix.name, given.size(), listed(given)),
             "give one of rows, entries, table or function");
      return false;
    }
    const std::string key = path + "." + given[0];
    if (!sound(key)) return false;
    const std::size_t levels = structure_.attributes[matrix.attribute].levels.size();
    if (given[0] == "rows") {
      matrix.rows = parameters_.formula_matrix(key);
      const bool square = matrix.rows.size() == levels &&
                          std::ranges::all_of(matrix.rows, [&](const Formulas& row) { return row.size() == levels; });
      if (!square)
        refuse(place(key), fmt::format("matrix '{}' does not have {} rows of {} cells", matrix.name, levels, levels),
               "give one row and one column a level, dead levels too");
      return square;
    }
    if (given[0] == "entries") {
      matrix.made = entries;
      matrix.entries = moves(key, matrix.attribute, true);
      return true;
    }
    if (given[0] == "table") {
      matrix.made = table;
      matrix.table = parameters_.text(key);
      named(key, matrix.table, parameters_.names_under("tables"), "table");
      return true;
    }
    return made_from(path, key, matrix);
  }

  /// Keys that do nothing for a matrix made as it is.
  void useless_keys(const std::string& path, const MatrixDefinition& matrix) {
    using enum MatrixDefinition::Made;
    const bool from_other = matrix.made == expm || matrix.made == logm || matrix.made == hazard_ratio;
    const auto useless = [&](const char* key, bool needed) {
      if (!parameters_.has(path + "." + key) || place(path + "." + key).line == 0 || needed) return;
      refuse(place(path + "." + key), fmt::format("{} does nothing for matrix '{}'", key, matrix.name), "leave it out");
    };
    useless("of", from_other);
    useless("kind", !from_other);
    useless("ratio", matrix.made == hazard_ratio);
    useless("on", matrix.made == hazard_ratio);
    useless("scale", matrix.made == hazard_ratio);
    useless("adjustment", matrix.made == logm);
    useless("years", matrix.made != logm && matrix.made != hazard_ratio);
  }

  bool made_from(const std::string& path, const std::string& key, MatrixDefinition& matrix) {
    using enum MatrixDefinition::Made;
    const std::string& function = parameters_.text(key);
    matrix.made = function == "expm" ? expm : function == "logm" ? logm : hazard_ratio;
    if (!sound(path + ".of")) {
      if (!parameters_.has(path + ".of"))
        refuse(place(key), fmt::format("matrix '{}' does not say of which matrix", matrix.name), "add of = \"...\"");
      return false;
    }
    matrix.of = parameters_.text(path + ".of");
    named(path + ".of", matrix.of, parameters_.names_under("matrices"), "matrix");
    if (matrix.made == hazard_ratio && (!parameters_.has(path + ".ratio") || !parameters_.has(path + ".on"))) {
      refuse(place(key), fmt::format("matrix '{}' does not say which hazard ratio acts on what", matrix.name),
             "add ratio = \"...\" and on = [\"worsening\"], [\"improvement\"] or moves such as [\"A->B\"]");
      return false;
    }
    return true;
  }

  bool needs_attribute(const std::string& path, const Reward& reward) {
    if (reward.of) return true;
    refuse(place(path), fmt::format("reward '{}' does not say of which attribute", reward.name), "add of = \"state\"");
    return false;
  }

  Formulas levels_of(const std::string& path, const Reward& reward) {
    if (!sound(path)) return {};
    const Formulas& formulas = parameters_.formulas(path);
    for (const Formula& formula : formulas) {
      if (formula.name.empty()) continue;
      if (!needs_attribute(path, reward)) return {};
      const auto level = level_of(formula.name, *reward.of, formula.place);
      const int first_dead = structure_.attributes[*reward.of].first_dead;
      if (level && first_dead >= 0 && *level >= first_dead)
        refuse(formula.place, fmt::format("the dead get nothing at '{}'", formula.name),
               "remove it; an amount at death is `on` \"*->" + formula.name + "\"");
    }
    return formulas;
  }

  void check_outcome(const Reward& reward) {
    if (reward.outcome == "life_years") refuse(reward.place, "life years are counted anyway", "name another outcome");
    const bool total = reward.outcome == "cost" || reward.outcome == "qaly";
    const auto near = total ? std::nullopt : nearest_name(lower(reward.outcome), {"cost", "qaly"});
    if (near) {
      refuse(reward.place,
             fmt::format("reward '{}' adds to '{}', an outcome of its own that is neither discounted nor in the totals",
                         reward.name, reward.outcome),
             fmt::format("did you mean '{}'?", *near));
    }
    if (reward.outcome.find('.') != std::string::npos)
      refuse(reward.place, fmt::format("'{}' cannot name an outcome", reward.outcome), "leave out the point");
    const auto given = [&](const char* key) { return parameters_.has("rewards." + reward.name + "." + key); };
    if (!given("per_year") && !given("per_cycle") && !given("on") && !given("at_start")) {
      refuse(reward.place, fmt::format("reward '{}' gives nothing", reward.name),
             "add per_year, per_cycle, on or at_start");
    }
  }
};

}  // namespace

void read_steps(const ParameterSet& parameters, Structure& structure, Diagnostics& found) {
  StepReader reader(parameters, structure, found);
  reader.transitions();
  reader.matrices();
  reader.rewards();
}

}  // namespace myelin::markov
