#include "study/calibrate_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/contract.hpp"
#include "scenario/document.hpp"
#include "scenario/files.hpp"
#include "scenario/toml.hpp"
#include "scenario/wording.hpp"

namespace myelin::study {

namespace {

using scenario::quote;

/// Reads the keys of one table; every mistake is added to `found`.
class Keys {
 public:
  Keys(const toml::table& table, const std::string& file, Diagnostics& found)
      : table_(table), file_(file), found_(found) {}

  SourcePlace place(const char* key) const {
    const toml::node* node = table_.get(key);
    return scenario::place_in(file_, node != nullptr ? node->source() : table_.source());
  }

  void refuse(const char* key, std::string problem, std::string remedy) {
    found_.push_back({place(key), std::move(problem), std::move(remedy)});
  }

  void only(const std::vector<std::string>& known) {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known, name) != known.end()) continue;
      found_.push_back({scenario::place_in(file_, key.source()), "unknown key " + quote(name),
                        scenario::did_you_mean(name, known, "remove it; the keys are " + scenario::listed(known))});
    }
  }

  bool has(const char* key) const { return table_.contains(key); }

  std::optional<std::string> text(const char* key, const char* remedy) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      refuse(key, fmt::format("{} is missing", key), remedy);
    } else if (!node->is_string() || node->as_string()->get().empty()) {
      refuse(key, fmt::format("{} must be text", key), remedy);
    } else {
      return node->as_string()->get();
    }
    return std::nullopt;
  }

  /// A number where the key is there; none, with a diagnostic, if it is no number.
  std::optional<double> number(const char* key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const std::optional<double> value = scenario::number_of(*node);
    if (value && std::isfinite(*value)) return value;
    refuse(key, fmt::format("{} must be a number", key), fmt::format("write {} = 0.5 for example", key));
    return std::nullopt;
  }

  /// A whole number from `low` to `high`, or `otherwise` where the key is absent or wrong.
  std::uint64_t whole(const char* key, std::int64_t low, std::int64_t high, std::uint64_t otherwise) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto* value = node->as_integer();
    if (value != nullptr && value->get() >= low && value->get() <= high)
      return static_cast<std::uint64_t>(value->get());
    refuse(key, fmt::format("{} must be a whole number from {} to {}", key, low, high),
           fmt::format("write {} = {} for example", key, otherwise));
    return otherwise;
  }

  template <class Choice>
  Choice choice(const char* key, const std::vector<Choice>& choices, Choice otherwise) {
    if (!has(key)) return otherwise;
    std::vector<std::string> names;
    for (const Choice each : choices) names.emplace_back(name_of(each));
    const std::optional<std::string> value = text(key, "write one of its names");
    if (!value) return otherwise;
    const auto found = std::ranges::find(names, *value);
    if (found != names.end()) return choices[static_cast<std::size_t>(found - names.begin())];
    refuse(key, fmt::format("unknown {} {}", key, quote(*value)),
           scenario::did_you_mean(*value, names, "write one of " + scenario::listed(names)));
    return otherwise;
  }

 private:
  const toml::table& table_;
  const std::string& file_;
  Diagnostics& found_;
};

void check_range(Keys& keys, const CalibratedParameter& parameter) {
  if (parameter.low >= parameter.high) {
    keys.refuse("low", fmt::format("low {} is not below high {}", parameter.low, parameter.high), "exchange them");
  }
  if (parameter.scale != Scale::linear && parameter.low <= 0) {
    keys.refuse("low", fmt::format("low {} has no {}", parameter.low, name_of(parameter.scale)),
                "give a low above 0, or scale = \"linear\"");
  }
  if (parameter.scale == Scale::logit && parameter.high >= 1) {
    keys.refuse("high", fmt::format("high {} has no logit", parameter.high),
                "give a high below 1, or scale = \"linear\"");
  }
  if (parameter.start && (*parameter.start < parameter.low || *parameter.start > parameter.high)) {
    keys.refuse("start",
                fmt::format("start {} is not from low {} to high {}", *parameter.start, parameter.low, parameter.high),
                "start within the range");
  }
}

CalibratedParameter read_parameter(Keys keys) {
  keys.only({"path", "low", "high", "start", "scale"});
  CalibratedParameter parameter;
  parameter.place = keys.place("path");
  parameter.path = keys.text("path", "name a number of the scenario as --set does").value_or("");
  parameter.scale = keys.choice<Scale>("scale", {Scale::linear, Scale::log, Scale::logit}, Scale::linear);
  for (const char* key : {"low", "high"}) {
    if (!keys.has(key)) keys.refuse(key, fmt::format("{} is missing", key), "say where to search");
  }
  const std::optional<double> low = keys.number("low"), high = keys.number("high");
  parameter.start = keys.number("start");
  if (!low || !high) return parameter;
  parameter.low = *low;
  parameter.high = *high;
  check_range(keys, parameter);
  return parameter;
}

void read_parameters(const toml::table& table, const std::string& file, CalibrationSpec& spec, Diagnostics& found) {
  const toml::node* node = table.get("parameters");
  const toml::array* list = node != nullptr ? node->as_array() : nullptr;
  if (list == nullptr || list->empty() || !list->is_homogeneous(toml::node_type::table)) {
    found.push_back({scenario::place_in(file, node != nullptr ? node->source() : table.source()),
                     "there are no parameters to find", "write [[parameters]] with path, low and high for each"});
    return;
  }
  for (const toml::node& each : *list) {
    CalibratedParameter parameter = read_parameter(Keys(*each.as_table(), file, found));
    if (!parameter.path.empty() &&
        std::ranges::find(spec.parameters, parameter.path, &CalibratedParameter::path) != spec.parameters.end()) {
      found.push_back({parameter.place, "a second parameter " + quote(parameter.path), "keep one of the two"});
    }
    spec.parameters.push_back(std::move(parameter));
  }
}

void read_use(const toml::table& table, const std::string& file, CalibrationSpec& spec, Diagnostics& found) {
  const toml::node* node = table.get("use");
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr || list->empty() || !list->is_homogeneous(toml::node_type::string)) {
    found.push_back({scenario::place_in(file, node->source()), "use must be a list of ids of targets",
                     "write use = [\"id\", ...], or leave it out for all whose use is fit"});
    return;
  }
  for (const toml::node& id : *list) spec.use.push_back({id.as_string()->get(), scenario::place_in(file, id.source())});
}

bool is_binomial(const CalibrationSpec& spec, const Target& target) {
  return spec.objective == Objective::likelihood && target.is_proportion() && target.n.has_value();
}

}  // namespace

const char* name_of(Scale scale) { return scale == Scale::linear ? "linear" : scale == Scale::log ? "log" : "logit"; }

const char* name_of(Objective objective) {
  return objective == Objective::least_squares ? "least_squares" : "likelihood";
}

double to_scale(Scale scale, double value) {
  MYELIN_EXPECT(scale == Scale::linear || (value > 0 && (scale == Scale::log || value < 1)));
  return scale == Scale::linear ? value : scale == Scale::log ? std::log(value) : std::log(value / (1 - value));
}

double from_scale(Scale scale, double value) {
  return scale == Scale::linear ? value : scale == Scale::log ? std::exp(value) : 1 / (1 + std::exp(-value));
}

Result<CalibrationSpec> read_calibration_spec(const std::filesystem::path& path) {
  const std::string shown = path.string();
  const Result<scenario::File> file = scenario::Folder(path).read(path.filename().string(), "", {shown, 0, 0});
  if (!file) {
    return tl::unexpected(
        Diagnostics{{{shown, 0, 0}, file.error().front().problem, "give the path of a calibration's TOML file"}});
  }
  const toml::parse_result parsed = toml::parse(std::string_view(file->text));
  if (!parsed) {
    return tl::unexpected(Diagnostics{{scenario::place_in(shown, parsed.error().source()),
                                       fmt::format("TOML syntax: {}", parsed.error().description()),
                                       "correct the line (https://toml.io describes the format)"}});
  }
  Diagnostics found;
  const toml::table& table = parsed.table();
  Keys keys(table, shown, found);
  keys.only({"format", "title", "targets", "use", "objective", "starts", "seed", "tolerance", "draws", "parameters"});
  CalibrationSpec spec;
  spec.path = shown;
  if (!keys.has("format")) keys.refuse("format", "format is missing", "write format = 1");
  keys.whole("format", 1, 1, 1);
  spec.title = keys.text("title", "say what is calibrated").value_or("");
  spec.targets = (path.parent_path() / keys.text("targets", "give the path of the CSV file of targets").value_or(""))
                     .lexically_normal();
  read_use(table, shown, spec, found);
  spec.objective =
      keys.choice<Objective>("objective", {Objective::least_squares, Objective::likelihood}, Objective::least_squares);
  spec.starts = keys.whole("starts", 1, 100'000, spec.starts);
  spec.seed = keys.whole("seed", 0, std::numeric_limits<std::int64_t>::max(), spec.seed);
  spec.draws = keys.whole("draws", 0, 10'000'000, spec.draws);
  spec.tolerance = keys.number("tolerance").value_or(spec.tolerance);
  if (spec.tolerance <= 0 || spec.tolerance > 0.1)
    keys.refuse("tolerance", fmt::format("tolerance {} is not above 0 and at most 0.1", spec.tolerance),
                "write tolerance = 1e-6 for example");
  read_parameters(table, shown, spec, found);
  if (!found.empty()) return tl::unexpected(found);
  return spec;
}

std::string describe_calibration_spec() {
  return R"(Keys of a specification

  format        1
  title         what is calibrated
  targets       path of a CSV file of targets (see myelin validate --help), from the folder of this file
  use           ids of the targets to fit; all whose use is fit if left out
  objective     least_squares (the default): sum of squares of (predicted - observed) / standard error;
                likelihood: binomial deviance of proportions of n patients, the same squares for other targets
  starts        number of local searches; 20 if left out
  tolerance     of each parameter, as a share of its range on its scale; 1e-6 if left out
  draws, seed   number of draws from the normal approximation at the optimum, 1000 if left out, and their seed

  [[parameters]]
  path          number of the scenarios, as --set has it
  low, high     bounds
  start         of the first search; the middle of the scale if left out
  scale         linear (the default), log or logit: on which it is searched and drawn
)";
}

std::vector<Target> chosen_targets(const CalibrationSpec& spec, std::span<const Target> targets, Diagnostics& found) {
  std::vector<std::string> known;
  for (const Target& target : targets) known.push_back(target.id);
  for (const PlacedId& each : spec.use) {
    const auto target = std::ranges::find(targets, each.id, &Target::id);
    if (target == targets.end()) {
      found.push_back({each.place, "there is no target " + quote(each.id),
                       scenario::did_you_mean(each.id, known, "name ids of the file of targets")});
    } else if (!target->usable()) {
      found.push_back(
          {each.place, fmt::format("the target {} is unusable: {}", quote(each.id), target->reason), "leave it out"});
    }
  }
  std::vector<Target> chosen;
  for (const Target& target : targets) {
    const bool named = std::ranges::find(spec.use, target.id, &PlacedId::id) != spec.use.end();
    if (!target.usable() || (spec.use.empty() ? target.use != Use::fit : !named)) continue;
    const bool has_error = target.interval && target.interval->low < target.interval->high;
    if (!has_error && !is_binomial(spec, target)) {
      found.push_back(
          {target.places.measure,
           fmt::format("target {} has no standard error: no interval, or one without width", quote(target.id)),
           "give low and high, or the n of a proportion"});
    }
    chosen.push_back(target);
  }
  if (chosen.empty() && found.empty()) {
    found.push_back({{spec.path, 0, 0}, "no target is chosen", "give targets the use `fit`, or name them with use"});
  }
  return chosen;
}

}  // namespace myelin::study
