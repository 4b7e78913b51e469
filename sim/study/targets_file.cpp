#include "study/targets_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "scenario/csv.hpp"
#include "scenario/files.hpp"
#include "scenario/wording.hpp"

namespace myelin::study {

namespace {

using scenario::quote;

const std::vector<std::string> grades = {"read", "secondary", "recalled", "derived", "assumption"};

/// Reads the fields of one row; every mistake is added to `found`.
class Row {
 public:
  Row(const scenario::CsvTable& table, std::size_t row, const std::filesystem::path& folder, Diagnostics& found)
      : table_(table), row_(row), folder_(folder), found_(found), problems_before_(found.size()) {}

  /// The target; none if the row has mistakes.
  std::optional<Target> read() {
    target_.id = required("id", "name the target");
    const std::optional<Use> known_use = use();
    target_.use = known_use.value_or(Use::unusable);
    target_.reason = text("reason");
    target_.unit = target_.usable() ? required("unit", "write the unit of the observed number") : text("unit");
    target_.source = required("source", "say where the observed number comes from");
    target_.grade = required("grade", "write one of " + scenario::listed(grades));
    if (!target_.grade.empty()) check_choice("grade", target_.grade, grades);
    target_.note = text("note");
    target_.observed_text = text("observed");
    if (known_use == Use::unusable && target_.reason.empty())
      refuse("reason", "the target is unusable without a reason", "write why");
    if (target_.usable()) {
      prediction();
      observation();
    }
    return found_.size() == problems_before_ ? std::optional(target_) : std::nullopt;
  }

 private:
  std::string text(const std::string& column) const {
    const auto index = table_.column(column);
    if (!index) return {};
    const std::vector<std::string> parts = split(table_.rows[row_][*index].text, '\n');
    return fmt::format("{}", fmt::join(parts, " "));
  }

  SourcePlace place(const std::string& column) const { return table_.place(row_, table_.column(column).value_or(0)); }

  void refuse(const std::string& column, std::string problem, std::string remedy) {
    found_.push_back({place(column), std::move(problem), std::move(remedy)});
  }

  std::string required(const std::string& column, const std::string& remedy) {
    std::string value = text(column);
    if (value.empty()) refuse(column, fmt::format("the target has no {}", column), remedy);
    return value;
  }

  void check_choice(const std::string& column, const std::string& value, const std::vector<std::string>& known) {
    if (std::ranges::find(known, value) != known.end()) return;
    refuse(column, fmt::format("unknown {} {}", column, quote(value)),
           scenario::did_you_mean(value, known, "write one of " + scenario::listed(known)));
  }

  std::optional<Use> use() {
    const std::string value = required("use", "write fit, held_out or unusable");
    for (const Use each : {Use::fit, Use::held_out, Use::unusable}) {
      if (value == name_of(each)) return each;
    }
    if (!value.empty()) check_choice("use", value, {"fit", "held_out", "unusable"});
    return std::nullopt;
  }

  void prediction() {
    const std::string path = required("scenario", "write its path, counted from the folder of this file");
    target_.scenario = (folder_ / path).lexically_normal();
    target_.set = split(text("set"), ';');
    target_.strategy = required("strategy", "name a strategy of the scenario");
    target_.vary = split(text("vary"), ';');
    target_.places = {place("scenario"), place("set"), place("strategy"), place("measure"), place("vary")};
    target_.measure_text = required("measure", "write what is predicted, `survival at 10` for example");
    if (target_.measure_text.empty()) return;
    Result<Measure> measure = parse_measure(target_.measure_text, target_.places.measure);
    if (measure) {
      target_.measure = *measure;
    } else {
      found_.push_back(measure.error().front());
    }
  }

  /// The number in a field; none, with a diagnostic if the field holds something else.
  std::optional<double> number(const std::string& column) {
    const std::string value = text(column);
    if (value.empty()) return std::nullopt;
    const std::optional<double> parsed = number_in(value);
    if (!parsed) refuse(column, fmt::format("{} {} is no number", column, quote(value)), "write it as 0.25 or 3e-4");
    return parsed;
  }

  void observation() {
    if (required("observed", "write the observed number, or use = unusable").empty()) return;
    const std::optional<double> observed = number("observed"), level = number("level"), low = number("low"),
                                high = number("high");
    if (level && (*level <= 0 || *level >= 1)) {
      refuse("level", fmt::format("the level {} is not between 0 and 1", *level), "write 0.95 for 95 %");
    } else {
      target_.level = level.value_or(target_.level);
    }
    read_size();
    if (!observed) return;
    target_.observed = *observed;
    check_proportions({{"observed", observed}, {"low", low}, {"high", high}});
    if (text("low").empty() != text("high").empty()) {
      refuse(text("low").empty() ? "low" : "high", "the interval has one end only", "write both ends or neither");
    }
    if (low && *low > *observed) refuse_end("low", "above", *low);
    if (high && *high < *observed) refuse_end("high", "below", *high);
    if (low && high) target_.interval_from = IntervalFrom::stated, target_.interval = Interval{*low, *high};
    if (found_.size() == problems_before_ && !target_.interval && target_.n && target_.is_proportion()) {
      target_.interval_from = IntervalFrom::exact_binomial;
      target_.interval = exact_binomial_interval(target_.count(), *target_.n, target_.level);
    }
  }

  void refuse_end(const std::string& column, const char* relation, double value) {
    refuse(column, fmt::format("{} {} is {} the observed {}", column, value, relation, target_.observed),
           "correct the interval or the observed number");
  }

  void check_proportions(const std::vector<std::pair<std::string, std::optional<double>>>& numbers) {
    if (!target_.is_proportion()) return;
    for (const auto& [column, value] : numbers) {
      if (value && (*value < 0 || *value > 1)) {
        refuse(column, fmt::format("{} {} is no proportion", column, *value), "write 0.73 for 73 %");
      }
    }
  }

  void read_size() {
    const std::string value = text("n");
    if (value.empty()) return;
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc() || end != value.data() + value.size() || size == 0) {
      refuse("n", fmt::format("n {} is no number of patients", quote(value)), "write a whole number, 110 for example");
    } else {
      target_.n = size;
    }
  }

  const scenario::CsvTable& table_;
  std::size_t row_;
  const std::filesystem::path& folder_;
  Diagnostics& found_;
  std::size_t problems_before_;
  Target target_;
};

}  // namespace

const std::vector<TargetColumn>& target_columns() {
  static const std::vector<TargetColumn> columns = {
      {"id", true, "name of the target, used once"},
      {"use", true, "fit, held_out or unusable"},
      {"reason", false, "why; needed by an unusable target"},
      {"scenario", true, "path of a scenario, from the folder of this file"},
      {"set", false, "key=value in the place of what the scenario says, separated by ;"},
      {"strategy", true, "name of a strategy of the scenario"},
      {"measure", true, "what is predicted"},
      {"observed", true, "the observed number; a proportion as 0.73; any text if unusable"},
      {"low", false, "lower end of its interval"},
      {"high", false, "upper end of its interval"},
      {"level", false, "level of the interval; 0.95 if empty"},
      {"n", false, "number of patients observed; gives a proportion without interval the exact binomial one"},
      {"unit", true, "unit of the numbers; proportion for a share of patients"},
      {"source", true, "where the observed number comes from"},
      {"grade", true, "read, secondary, recalled, derived or assumption"},
      {"vary", false, "paths of parameters, separated by ;, whose ranges give the prediction its interval"},
      {"note", false, "anything else"},
  };
  return columns;
}

std::vector<Target> read_targets(const std::filesystem::path& path, Diagnostics& found) {
  const std::filesystem::path folder = path.parent_path();
  const Result<scenario::File> file =
      scenario::Folder(path).read(path.filename().string(), "", {.file = path.string(), .line = 0, .column = 0});
  if (!file) {
    found.push_back({{path.string(), 0, 0}, file.error().front().problem, "give the path of a CSV file of targets"});
    return {};
  }
  std::vector<std::string> required, optional;
  for (const TargetColumn& column : target_columns()) (column.required ? required : optional).push_back(column.name);
  const auto table = scenario::parse_csv(*file, required, optional, found);
  if (!table) return {};
  std::vector<Target> targets;
  std::map<std::string, SourcePlace> seen;
  for (std::size_t row = 0; row < table->rows.size(); ++row) {
    const SourcePlace place = table->place(row, *table->column("id"));
    const std::string& id = table->rows[row][*table->column("id")].text;
    const auto [first, is_new] = seen.emplace(id, place);
    if (!is_new && !id.empty()) {
      found.push_back({place, fmt::format("the id {} is used twice (first on line {})", quote(id), first->second.line),
                       "rename one of the two"});
    }
    if (std::optional<Target> target = Row(*table, row, folder, found).read()) targets.push_back(std::move(*target));
  }
  if (table->rows.empty() && table->whole) {
    found.push_back({{path.string(), 0, 0}, "the file has no targets", "write one a row below the header"});
  }
  return targets;
}

}  // namespace myelin::study
