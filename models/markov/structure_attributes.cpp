#include <charconv>

#include "models/markov/structure_reader.hpp"
#include "program/builder.hpp"

namespace myelin::markov {

namespace {

constexpr int highest_level = 65535;

class AttributeReader : public StructureReader {
 public:
  using StructureReader::StructureReader;

  void attributes() {
    for (const std::string& name : parameters_.names_under("attributes")) declare(name);
    for (Attribute& attribute : structure_.attributes) complete(attribute);
    if (structure_.attributes.empty() && parameters_.names_under("attributes").empty()) {
      refuse({parameters_.entry("model").place}, "the model has no attributes",
             "add [attributes.state] with levels = [\"Well\", \"Ill\", \"Dead\"] and start = \"Well\"");
    }
    const auto dies = [](const Attribute& attribute) { return attribute.first_dead >= 0; };
    if (std::ranges::count_if(structure_.attributes, dies) > 1) {
      refuse(std::ranges::find_if(structure_.attributes, dies)->place, "more than one attribute has dead levels",
             "let one attribute tell the dead");
    }
  }

  void patients() {
    if (!sound("population.patients")) return;
    const Records& records = parameters_.records("population.patients");
    structure_.patients = &records;
    if (records.rows.empty()) refuse({records.file, 0, 0}, "the file has no patients", "write one row a patient");
    if (!parameters_.names_under("groups").empty()) {
      refuse(place("population.patients"), "patients come from a file and from groups",
             "leave out population.patients or the groups");
    }
    for (std::size_t column = 0; column < records.columns.size(); ++column) {
      const auto& [name, where] = records.columns[column];
      if (name == "age") {
        ages(records, column);
      } else if (const auto attribute = structure_.find_attribute(name)) {
        check_column(records, column, structure_.attributes[*attribute]);
      } else {
        std::vector<std::string> known = names(structure_.attributes);
        known.emplace_back("age");
        refuse(where, fmt::format("column '{}' is no attribute of the model", name), meant(name, known));
      }
    }
  }

  void groups() {
    for (const std::string& name : parameters_.names_under("groups")) {
      const std::string path = "groups." + name;
      if (!sound(path + ".share")) continue;
      structure_.groups.push_back({name, place(path + ".share"), parameters_.formula(path + ".share"), {}});
      if (sound(path + ".values")) structure_.groups.back().values = parameters_.formulas(path + ".values");
    }
    for (const Group& group : structure_.groups) {
      for (const Formula& value : structure_.groups.front().values) {
        if (std::ranges::find(group.values, value.name, &Formula::name) != group.values.end()) continue;
        refuse(group.place, fmt::format("group '{}' has no value for '{}'", group.name, value.name),
               "give every group the same values");
      }
      for (const Formula& value : group.values) {
        const auto& first = structure_.groups.front().values;
        if (std::ranges::find(first, value.name, &Formula::name) != first.end()) continue;
        refuse(value.place,
               fmt::format("'{}' is a value of group '{}' but not of '{}'", value.name, group.name,
                           structure_.groups.front().name),
               "give every group the same values");
      }
    }
  }

 private:
  void declare(const std::string& name) {
    const std::string path = "attributes." + name;
    Attribute attribute;
    attribute.name = name;
    const bool listed_levels = parameters_.has(path + ".levels"), numbered = parameters_.has(path + ".highest");
    const std::string key = listed_levels ? path + ".levels" : path + ".highest";
    if (listed_levels == numbered) {
      const SourcePlace where = listed_levels ? place(key) : place_below(path);
      return refuse(
          where, fmt::format("attribute '{}' has {}", name, listed_levels ? "levels and a highest level" : "no levels"),
          "give levels = [\"...\"] or, for numbers from 0, highest = n");
    }
    if (!sound(key)) return;
    attribute.place = place(key);
    attribute.levels =
        listed_levels
            ? parameters_.text_list(key)
            : numbered_levels(static_cast<int>(std::min<std::int64_t>(parameters_.integer(key), highest_level)));
    for (std::size_t level = 0; level < attribute.levels.size(); ++level) {
      attribute.values.push_back(static_cast<double>(level));
      if (std::ranges::count(attribute.levels, attribute.levels[level]) > 1) {
        return refuse(attribute.place, fmt::format("attribute '{}' has two levels '{}'", name, attribute.levels[level]),
                      "rename one");
      }
    }
    for (const std::string& level : attribute.levels) {
      const bool reserved = level.empty() || level == "*" || level.find("->") != std::string::npos ||
                            level.front() == ' ' || level.back() == ' ' || level == "age" || level == "cycle" ||
                            level == "time" || level == "cycle_length" || level == "rest";
      if (reserved)
        refuse(attribute.place, fmt::format("'{}' cannot be a level", level),
               "use another name, of letters, digits and blanks between them");
    }
    if (attribute.levels.empty())
      return refuse(attribute.place, fmt::format("attribute '{}' has no levels", name), "name them");
    if (sound(path + ".values")) {
      const std::vector<double>& values = parameters_.number_list(path + ".values");
      if (values.size() == attribute.values.size()) {
        attribute.values = values;
      } else {
        refuse(place(path + ".values"), fmt::format("{} values for {} levels", values.size(), attribute.levels.size()),
               "give one value a level");
      }
    }
    const std::string& memory = parameters_.text(path + ".memory");
    attribute.memory = memory == "constant"    ? Memory::constant
                       : memory == "transient" ? Memory::transient
                                               : Memory::state;
    structure_.attributes.push_back(std::move(attribute));
  }

  /// What refers to other attributes, once all are known.
  void complete(Attribute& attribute) {
    const std::string path = "attributes." + attribute.name;
    if (sound(path + ".dead")) dead(attribute, path + ".dead");
    if (sound(path + ".each_cycle")) attribute.each_cycle = parameters_.formula(path + ".each_cycle");
    if (sound(path + ".time_in")) time_in(attribute, path);
    if (attribute.memory != Memory::state && (attribute.each_cycle || attribute.time_in || attribute.first_dead >= 0)) {
      refuse(attribute.place,
             fmt::format("attribute '{}' is {} and cannot change from cycle to cycle", attribute.name,
                         parameters_.text(path + ".memory")),
             "leave out memory, or dead, time_in and each_cycle");
    }
    if (attribute.time_in && attribute.each_cycle) {
      refuse(attribute.place, fmt::format("attribute '{}' follows two rules", attribute.name),
             "leave out time_in or each_cycle");
    }
    if (parameters_.has(path + ".of") && !parameters_.has(path + ".time_in")) {
      refuse(place(path + ".of"), fmt::format("`of` does nothing for attribute '{}'", attribute.name),
             "add time_in, or leave it out");
    }
    start(attribute, path + ".start");
    if (attribute.memory == Memory::transient && attribute.start.size() > 1) {
      refuse(place(path + ".start"),
             fmt::format("attribute '{}' is transient and has shares at the start", attribute.name),
             "give the level that it has at the start of every cycle");
    }
  }

  void start(Attribute& attribute, const std::string& path) {
    if (in_patients(attribute.name)) return;  // the file takes the place of the start
    if (!sound(path)) {
      const bool has_default =
          attribute.memory == Memory::transient || parameters_.has("attributes." + attribute.name + ".time_in");
      if (!parameters_.has(path) && !has_default) {
        refuse(attribute.place, fmt::format("attribute '{}' does not say where patients start", attribute.name),
               fmt::format("add start = \"{}\", or shares: start = {{ {} = 0.5, ... }}", attribute.levels.front(),
                           attribute.levels.front()));
      }
      return;
    }
    attribute.start = parameters_.formulas(path);
    for (const Formula& share : attribute.start) {
      const bool single = share.name.empty();
      const auto level = std::ranges::find(attribute.levels, single ? share.text : share.name);
      if (level == attribute.levels.end()) {
        refuse(share.place,
               fmt::format("unknown level '{}' of attribute '{}'", single ? share.text : share.name, attribute.name),
               meant(single ? share.text : share.name, attribute.levels));
      } else if (attribute.first_dead >= 0 && level - attribute.levels.begin() >= attribute.first_dead) {
        refuse(share.place, single ? "all patients start dead" : "some patients start dead",
               "start at levels of the living");
      } else if (single) {
        attribute.initial = static_cast<int>(level - attribute.levels.begin());
      }
    }
  }

  bool in_patients(const std::string& name) const {
    if (!parameters_.has("population.patients")) return false;
    if (!sound("population.patients")) return true;  // what it says cannot be known
    const std::vector<std::string> declared = parameters_.names_under("attributes");
    return std::ranges::any_of(parameters_.records("population.patients").columns, [&](const Records::Field& column) {
      const bool misspelt = column.text != "age" && std::ranges::find(declared, column.text) == declared.end();
      return column.text == name || misspelt;  // it may have been meant
    });
  }

  void dead(Attribute& attribute, const std::string& path) {
    const std::vector<std::string>& levels = parameters_.text_list(path);
    for (const std::string& level : levels) {
      if (std::ranges::count(levels, level) == 1) continue;
      return refuse(place(path), fmt::format("the level '{}' is named twice", level), "keep one of the two");
    }
    attribute.first_dead = static_cast<int>(attribute.levels.size() - std::min(levels.size(), attribute.levels.size()));
    for (const std::string& level : levels) {
      const auto position = std::ranges::find(attribute.levels, level);
      if (position == attribute.levels.end()) {
        refuse(place(path), fmt::format("unknown level '{}' of attribute '{}'", level, attribute.name),
               meant(level, attribute.levels));
      } else if (position - attribute.levels.begin() < attribute.first_dead) {
        refuse(place(path), "the dead levels are not the last ones", "put them at the end of the levels");
      }
    }
    if (attribute.first_dead == 0) {
      refuse(place(path), "every level means dead", "name only the dead levels");
      attribute.first_dead = -1;
    }
    if (levels.empty()) attribute.first_dead = -1;
  }

  void time_in(Attribute& attribute, const std::string& path) {
    const auto of = attribute_at(path + ".of");
    if (!of) {
      if (!parameters_.has(path + ".of"))
        refuse(attribute.place,
               fmt::format("time_in of attribute '{}' does not say of which attribute", attribute.name),
               "add of = \"state\"");
      return;
    }
    const Attribute& watched = structure_.attributes[*of];
    if (watched.name == attribute.name || parameters_.text_list(path + ".time_in").empty()) {
      return refuse(place(path + ".time_in"),
                    fmt::format("attribute '{}' counts the time in {}", attribute.name,
                                watched.name == attribute.name ? "itself" : "no level"),
                    "name levels of another attribute");
    }
    Attribute::TimeIn time{*of, std::vector<bool>(watched.levels.size(), false)};
    for (const std::string& level : parameters_.text_list(path + ".time_in")) {
      const auto position = std::ranges::find(watched.levels, level);
      if (position == watched.levels.end()) {
        refuse(place(path + ".time_in"), fmt::format("unknown level '{}' of attribute '{}'", level, watched.name),
               meant(level, watched.levels));
      } else {
        time.levels[static_cast<std::size_t>(position - watched.levels.begin())] = true;
      }
    }
    attribute.time_in = std::move(time);
  }

  void ages(const Records& records, std::size_t column) {
    structure_.ages_vary = true;
    for (std::size_t row = 0; row < records.rows.size(); ++row) {
      const auto& [text, where] = records.rows[row][column];
      int age = -1;
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), age);
      if (failure != std::errc() || end != text.data() + text.size() || age < 0 || age > 150) {
        refuse(where, fmt::format("column 'age': '{}' is no age in whole years", text),
               "write a whole number from 0 to 150");
        age = structure_.lowest_age;
      }
      structure_.lowest_age = row == 0 ? age : std::min(structure_.lowest_age, age);
      structure_.highest_age = row == 0 ? age : std::max(structure_.highest_age, age);
    }
  }

  void check_column(const Records& records, std::size_t column, const Attribute& attribute) {
    if (attribute.memory == Memory::transient || attribute.time_in) {
      refuse(records.columns[column].place,
             fmt::format("column '{}' is an attribute that the model itself sets", attribute.name),
             "leave out the column");
      return;
    }
    for (std::size_t row = 0; row < records.rows.size(); ++row) {
      const auto& [text, where] = records.rows[row][column];
      const auto level = std::ranges::find(attribute.levels, text);
      if (attribute.first_dead >= 0 && level != attribute.levels.end() &&
          level - attribute.levels.begin() >= attribute.first_dead) {
        refuse(where, fmt::format("column '{}': the patient starts dead", attribute.name), "leave the row out");
      }
      if (level != attribute.levels.end()) continue;
      refuse(where, fmt::format("column '{}': '{}' is no level of the attribute", attribute.name, text),
             meant(text, attribute.levels));
    }
  }
};

}  // namespace

void read_attributes(const ParameterSet& parameters, Structure& structure, Diagnostics& found) {
  AttributeReader reader(parameters, structure, found);
  reader.attributes();
  reader.patients();
  reader.groups();
}

}  // namespace myelin::markov
