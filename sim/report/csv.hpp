#pragma once

#include <optional>
#include <string>
#include <vector>

/// \file
/// Comma-separated text as RFC 4180 has it, lines ended by LF.

namespace myelin::report {

/// A line of fields; one with a comma, quote or line end stands between quotes.
std::string csv_line(const std::vector<std::string>& fields);

/// The shortest text that reads back as the same number; empty for none.
std::string csv_number(std::optional<double> value);

/// `true`, `false`; empty for none.
std::string csv_truth(std::optional<bool> value);

}  // namespace myelin::report
