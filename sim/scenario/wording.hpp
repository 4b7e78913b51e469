#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "program/schema.hpp"

/// \file
/// Phrases that several checks of a scenario share.

namespace myelin::scenario {

/// `text` between double quotes, control characters made visible and the end of a long text left off.
std::string quote(std::string_view text);

/// `a, b, c`; from `most` names on, how many more there are.
std::string listed(const std::vector<std::string>& names, std::size_t most = 40);

/// The known name nearest to `unknown`; none if none is near or `unknown` is longer than any name.
std::optional<std::string> nearest_known(const std::string& unknown, const std::vector<std::string>& known);

/// `did you mean "name"?` with the known name nearest to `unknown`, or `otherwise` if none is near.
std::string did_you_mean(const std::string& unknown, const std::vector<std::string>& known,
                         const std::string& otherwise);

/// The range of a row in words: `from 0 to 1`, `at least 0`, `at most 1`; empty if any number will do.
std::string range_in_words(const KeyRow& row);

}  // namespace myelin::scenario
