#include "scenario/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "core/sha256.hpp"
#include "scenario/check.hpp"
#include "scenario/completion.hpp"
#include "scenario/csv.hpp"
#include "scenario/document.hpp"
#include "scenario/evidence.hpp"
#include "scenario/files.hpp"
#include "scenario/key_index.hpp"
#include "scenario/leaves.hpp"
#include "scenario/overrides.hpp"
#include "scenario/price_index.hpp"
#include "scenario/reference_case.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// The text at a key, wherever it is given; none if it is absent or no text.
std::optional<std::string> text_at(const Leaves& leaves, const std::string& path) {
  for (const Leaf& leaf : leaves.leaves) {
    if (leaf.path == path && leaf.node && leaf.node->is_string()) return leaf.node->as_string()->get();
  }
  return std::nullopt;
}

const Leaf* leaf_at(const Leaves& leaves, const std::string& path) {
  for (const Leaf& leaf : leaves.leaves) {
    if (leaf.path == path) return &leaf;
  }
  return nullptr;
}

// The file of sources as text and as records; none, with diagnostics, if it cannot be read.
std::optional<std::pair<File, std::vector<SourceRecord>>> read_sources(const Leaves& leaves, const Folder& folder,
                                                                       Diagnostics& found) {
  const Leaf* leaf = leaf_at(leaves, "sources");
  const auto path = text_at(leaves, "sources");
  if (!path || path->empty()) return std::nullopt;
  const Result<File> file = folder.read(*path, leaf->folder, leaf->place_of(*leaf->node));
  if (!file) {
    found.push_back(file.error().front());
    return std::nullopt;
  }
  const std::vector<std::string> columns = {"key", "citation", "table_or_page", "url_or_where", "how_verified"};
  const auto csv = parse_csv(*file, columns, {}, found);
  if (!csv) return std::nullopt;
  std::vector<SourceRecord> records;
  for (std::size_t row = 0; row < csv->rows.size(); ++row) {
    const auto field = [&](std::size_t i) { return csv->rows[row][*csv->column(columns[i])].text; };
    SourceRecord record{field(0), field(1), field(2), field(3), field(4)};
    const SourcePlace place = csv->place(row, *csv->column("key"));
    const auto same = [&](const SourceRecord& other) { return other.key == record.key; };
    if (record.key.empty()) found.push_back({place, "the source has no key", "write the key that numbers name it by"});
    if (std::any_of(records.begin(), records.end(), same)) {
      found.push_back(
          {place, fmt::format("a second source with the key {}", quote(record.key)), "rename one of the two"});
    }
    records.push_back(std::move(record));
  }
  // With a malformed row left out, a known source would seem unknown.
  if (!csv->whole) return std::nullopt;
  return std::pair(*file, std::move(records));
}

// The reference case that the scenario names; none, with diagnostics, if it cannot be had. Its file, whether the
// program's or the user's, is added to `files`.
std::shared_ptr<const ReferenceCase> read_reference_case(const Leaves& leaves, const Folder& folder,
                                                         std::vector<File>& files, Diagnostics& found) {
  constexpr const char* file_key = "analysis.reference_case_file";
  const auto name = text_at(leaves, "analysis.reference_case");
  if (!name) return nullptr;
  std::optional<File> file;
  for (const auto& [built_in, text] : built_in_reference_cases()) {
    if (built_in == *name) file = File{"reference case " + built_in, "reference case " + built_in, text};
  }
  const Leaf* leaf = leaf_at(leaves, file_key);
  if (*name == "own" && leaf == nullptr) {
    found.push_back({leaf_at(leaves, "analysis.reference_case")->place, "a reference case of one's own needs its file",
                     fmt::format("add {} = \"my_agency.toml\"", file_key)});
  } else if (const auto path = text_at(leaves, file_key); *name == "own" && path) {
    const Result<File> read = folder.read(*path, leaf->folder, leaf->place_of(*leaf->node));
    if (read) {
      file = *read;
    } else {
      found.push_back(read.error().front());
    }
  }
  if (!file) return nullptr;
  files.push_back(*file);
  Result<ReferenceCase> read = scenario::read_reference_case(file->text, file->shown);
  if (read) return std::make_shared<const ReferenceCase>(std::move(*read));
  for (Diagnostic& problem : read.error()) found.push_back(std::move(problem));
  return nullptr;
}

EvidenceRules rules_of(const Leaves& leaves, const std::vector<SourceRecord>* sources) {
  EvidenceRules rules;
  const auto currency = text_at(leaves, "analysis.currency"), year = text_at(leaves, "analysis.price_year");
  if (currency && year) rules.money = *currency + " " + *year;
  if (sources != nullptr) {
    rules.source_keys.emplace();
    for (const SourceRecord& source : *sources) rules.source_keys->push_back(source.key);
  }
  return rules;
}

// The scenario's price index: without years if none is given, none at all if it cannot be known. It is read before the
// keys whose money it converts; its own mistakes are told in its turn among the keys.
std::optional<PriceIndex> read_price_index(const Leaves& leaves, const Documents& documents, const Folder& folder,
                                           const EvidenceRules& rules) {
  const Leaf* leaf = leaf_at(leaves, price_index_key);
  if (leaf == nullptr) {
    const bool meant = std::ranges::find(leaves.meant, price_index_key) != leaves.meant.end();
    return documents.complete && !meant ? std::optional(PriceIndex()) : std::nullopt;
  }
  Diagnostics told_later;
  const auto table = LeafChecker(folder, rules, told_later).check(*leaf);
  if (!table || !told_later.empty()) return std::nullopt;
  return PriceIndex(std::get<ParameterTable>(*table));
}

// The schema that the scenario's model asks for, added to the common one; false if the model is unknown.
bool add_model_schema(const Documents& documents, const SchemaOfModel& schema_of_model,
                      const std::vector<std::string>& known_models, Schema& schema, Diagnostics& found) {
  for (auto document = documents.files.rbegin(); document != documents.files.rend(); ++document) {
    const toml::node* node = document->table->get("model");
    if (node == nullptr) continue;
    if (!node->is_string()) return false;
    const std::string& model = node->as_string()->get();
    if (const Schema* rows = schema_of_model(model)) {
      schema.insert(schema.end(), rows->begin(), rows->end());
      return true;
    }
    found.push_back({place_in(document->file.shown, node->source()), "unknown model " + quote(model),
                     did_you_mean(model, known_models, "write one of " + listed(known_models))});
    return false;
  }
  return false;
}

std::string unit_of(const KeyValue& value) {
  if (const auto* parameter = std::get_if<Parameter>(&value)) return parameter->unit;
  if (const auto* table = std::get_if<ParameterTable>(&value)) return table->unit;
  return {};
}

std::string text_of(const Documents& documents) {
  std::string text;
  for (const Document& document : documents.files) {
    text += fmt::format("# {}\n{}", document.file.relative, document.file.text);
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

std::string digest(const std::string& text, const std::vector<File>& tables, std::span<const std::string> overrides) {
  Sha256 sha;
  sha.add(std::string_view(text));
  for (const File& table : tables) sha.add(std::string_view(table.relative)).add(std::string_view(table.text));
  for (const std::string& text_of_override : overrides) sha.add(std::string_view(text_of_override));
  return sha.hex();
}

Diagnostics sorted(Diagnostics found) {
  const auto order = [](const Diagnostic& d) {
    return std::tie(d.place.file, d.place.line, d.place.column, d.problem, d.remedy);
  };
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  const auto same = [&](const auto& a, const auto& b) { return order(a) == order(b); };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

}  // namespace

Result<Scenario> read(const Folder& folder, std::span<const std::string> overrides,
                      const SchemaOfModel& schema_of_model, const std::vector<std::string>& known_models,
                      const CrossCheck& cross_check) {
  Diagnostics found;
  const Documents documents = read_documents(folder, found);
  if (documents.files.empty()) return tl::unexpected(sorted(std::move(found)));

  Schema schema = common_schema();
  schema.insert(schema.end(), decision_schema().begin(), decision_schema().end());
  const bool model_known = add_model_schema(documents, schema_of_model, known_models, schema, found);
  const KeyIndex index(schema);
  // Without its model's schema, a scenario's keys are neither right nor wrong.
  Leaves leaves =
      gather(documents, index, model_known ? UnknownKeys::are_mistakes : UnknownKeys::are_passed_over, found);
  if (model_known) apply_overrides(leaves, overrides, index, found);
  std::vector<File> tables;
  const auto reference_case = read_reference_case(leaves, folder, tables, found);
  if (reference_case) {
    for (Leaf& leaf : fill_in(*reference_case, leaves, index)) leaves.leaves.push_back(std::move(leaf));
  }
  const bool reference_case_missing = !reference_case && text_at(leaves, "analysis.reference_case");
  // What a reference case that cannot be read would have given would seem to be missing.
  if (documents.complete && !reference_case_missing)
    report_missing(leaves, index, documents.files.back().file.shown, found);

  const auto sources = read_sources(leaves, folder, found);
  EvidenceRules rules = rules_of(leaves, sources ? &sources->second : nullptr);
  if (reference_case && rules.source_keys) rules.source_keys->push_back(as_source(*reference_case).key);
  rules.price_index = read_price_index(leaves, documents, folder, rules);
  LeafChecker checker(folder, rules, found);
  Scenario scenario;
  scenario.path = documents.files.back().file.shown;
  scenario.text = text_of(documents);
  std::vector<Leaf> complete = leaves.leaves;
  for (Leaf& leaf : fallbacks(leaves, index)) complete.push_back(std::move(leaf));
  for (const Leaf& leaf : complete) {
    const std::size_t before = found.size();
    std::optional<KeyValue> value = checker.check(leaf);
    const bool sound = value && found.size() == before;
    const KeyRow range = with_range_of_unit(*leaf.row, value ? unit_of(*value) : "");
    scenario.parameters.add(
        {leaf.path, value ? std::move(*value) : KeyValue{}, leaf.place, sound, range.low, range.high});
  }
  for (const std::string& meant : leaves.meant) {
    if (!scenario.parameters.has(meant)) scenario.parameters.add({meant, {}, {}, false});
  }
  // A file that could not be read would make everything that it defines seem to be absent.
  if (cross_check && model_known && documents.complete) {
    for (Diagnostic& problem : cross_check(scenario.parameters.text("model"), scenario.parameters))
      found.push_back(std::move(problem));
  }
  if (!found.empty() || !sources) return tl::unexpected(sorted(std::move(found)));

  tables.insert(tables.end(), checker.tables().begin(), checker.tables().end());
  tables.push_back(sources->first);
  for (auto document = documents.files.rbegin(); document != documents.files.rend(); ++document)
    scenario.files.push_back(document->file);
  scenario.files.insert(scenario.files.end(), tables.begin(), tables.end());
  scenario.title = scenario.parameters.text("title");
  scenario.model = scenario.parameters.text("model");
  scenario.sources = sources->second;
  if (reference_case) scenario.sources.push_back(as_source(*reference_case));
  scenario.reference_case = reference_case;
  scenario.sha256 = digest(scenario.text, tables, overrides);
  return scenario;
}

}  // namespace myelin::scenario
