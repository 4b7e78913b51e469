#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "program/schema.hpp"

/// \file
/// Short forms of the rows of the MS model's schema.

namespace myelin::ms {

inline constexpr double any_money = 1e9;
inline constexpr double any_rate = 1e3;

/// A number of evidence.
inline KeyRow evidence(std::string path, const char* unit, double low, double high, const char* description,
                       bool required = true) {
  return {.path = std::move(path),
          .kind = KeyKind::parameter,
          .description = description,
          .unit = unit,
          .low = low,
          .high = high,
          .required = required};
}

/// A table of evidence; without columns it has those that its file has.
inline KeyRow evidence_table(std::string path, const char* unit, double low, double high,
                             std::vector<KeyColumn> columns, const char* description, bool required = true) {
  return {.path = std::move(path),
          .kind = KeyKind::table,
          .description = description,
          .unit = unit,
          .low = low,
          .high = high,
          .required = required,
          .columns = std::move(columns)};
}

/// A column of whole numbers.
inline KeyColumn numbers(const char* name, int first, int last, bool open = false) {
  return {.name = name, .first = first, .last = last, .open = open};
}

/// Text, one of `choices` where there are any; required without a fallback.
inline KeyRow words(std::string path, const char* description, std::vector<std::string> choices = {},
                    std::optional<std::string> fallback = {}, bool required = false) {
  return {.path = std::move(path),
          .kind = KeyKind::text,
          .description = description,
          .required = required,
          .fallback = std::move(fallback),
          .choices = std::move(choices)};
}

/// Yes or no; absent without a fallback.
inline KeyRow choice(std::string path, const char* description, std::optional<std::string> fallback = {}) {
  return {.path = std::move(path),
          .kind = KeyKind::boolean,
          .description = description,
          .required = false,
          .fallback = std::move(fallback)};
}

/// A whole number; absent without a fallback.
inline KeyRow whole(std::string path, double low, double high, const char* description,
                    std::optional<std::string> fallback = {}) {
  return {.path = std::move(path),
          .kind = KeyKind::integer,
          .description = description,
          .low = low,
          .high = high,
          .required = false,
          .fallback = std::move(fallback)};
}

/// The rows of therapies and procedures.
void add_therapies(Schema& rows);

/// The rows of regions and their access to a procedure.
void add_access(Schema& rows);

}  // namespace myelin::ms
