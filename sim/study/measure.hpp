#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"

namespace myelin::study {

/// What can be predicted of a strategy, and how a file of targets writes it; `describe_measures` says what each means.
///
///     total OUTCOME [until YEAR]               discounted OUTCOME
///     increment OUTCOME versus STRATEGY        icer versus STRATEGY
///     survival at YEAR                         share TALLY LEVELS at YEAR
///     mean TALLY.ATTRIBUTE at YEAR             change TALLY.ATTRIBUTE at YEAR
///     free EVENT at YEAR                       median EVENT
enum class MeasureKind { total, discounted, increment, icer, survival, share, mean, change, free, median };

/// One measure as it was written; whether a model has what it names is not known before a scenario is read.
struct Measure {
  MeasureKind kind = MeasureKind::total;
  std::string name;            ///< of an outcome, a tally with or without its attribute, or an event; else empty
  std::string levels;          ///< of a share: a level, `a|b|c`, `>=6`; else empty
  std::string versus;          ///< of an increment: the strategy compared with; else empty
  std::optional<double> year;  ///< since the start, at least 0
};

/// Reads a measure; a text that is none gives one diagnostic at `place`.
Result<Measure> parse_measure(std::string_view text, const SourcePlace& place);

/// Every measure with its meaning, as text for people.
std::string describe_measures();

/// A text that is a finite number and nothing else; none for any other.
std::optional<double> number_in(std::string_view text);

/// The parts of a text between separators, without the blanks around them; empty parts are left out.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace myelin::study
