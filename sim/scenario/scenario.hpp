#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/files.hpp"

/// \file
/// Scenarios: TOML and CSV files in, checked values with their provenance or every mistake out.

namespace myelin::scenario {

/// One row of a scenario's list of sources.
struct SourceRecord {
  std::string key;  ///< what the scenario's numbers name
  std::string citation, table_or_page, url_or_where, how_verified;
};

struct ReferenceCase;

/// A scenario as read, checked and complete.
struct Scenario {
  std::string path;  ///< of the top file, as it was given
  std::string title, model;
  ParameterSet parameters;
  std::vector<File> files;  ///< all that it was read from, the top file first
  std::string text;         ///< of every TOML file in the order of reading, each below a comment with its path
  std::string sha256;       ///< of `text`, the CSV files and the overrides, in hexadecimal
  std::vector<SourceRecord> sources;
  std::shared_ptr<const ReferenceCase> reference_case;  ///< that it names; null if it names none
};

/// The keys of a model; null for an unknown model. What it points to must outlive the call of `read`.
using SchemaOfModel = std::function<const Schema*(const std::string& model)>;

/// What a model finds wrong that no single key can show; see Model::check.
using CrossCheck = std::function<Diagnostics(const std::string& model, const ParameterSet&)>;

/// Reads the scenario whose top file `folder` has, puts the `overrides` (`key=value` for a key, `key=number` for a
/// parameter's value, `key[index,...]=number` for a cell of a table) in the place of what the files say, and checks
/// everything against the common schema and the model's, and by `cross_check`. Returns the scenario, or all diagnostics
/// in the order of file and line. Money of another price year is converted by the scenario's price index; an override's
/// number is in the unit that the files name for what it replaces. A number that is overridden has the source `--set`
/// and the grade `assumption`, and loses its range and distribution. Throws IoError if a file that is there cannot be
/// read.
Result<Scenario> read(const Folder& folder, std::span<const std::string> overrides,
                      const SchemaOfModel& schema_of_model, const std::vector<std::string>& known_models,
                      const CrossCheck& cross_check = {});

/// The keys that scenarios of all models have: of the run, and of what is asked of a finished run.
const Schema& common_schema();
const Schema& decision_schema();

/// The rows of a schema as a table of text: key, type, unit, range, default, description.
std::string describe(const Schema& schema);

}  // namespace myelin::scenario
