#include "study/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "scenario/wording.hpp"

namespace myelin::study {

namespace {

/// A way to write a measure: words in capitals stand for what the user puts there, LEVELS for one word or more.
struct Form {
  MeasureKind kind;
  const char* pattern;
  const char* meaning;
};

constexpr Form forms[] = {
    {MeasureKind::total, "total OUTCOME", "undiscounted mean a patient over the horizon"},
    {MeasureKind::total, "total OUTCOME until YEAR", "the same as if the horizon ended at that year"},
    {MeasureKind::discounted, "discounted OUTCOME", "discounted mean a patient over the horizon"},
    {MeasureKind::increment, "increment OUTCOME versus STRATEGY", "difference of the discounted means"},
    {MeasureKind::icer, "icer versus STRATEGY",
     "discounted cost per QALY gained, or saved per QALY forgone; no number where one strategy dominates"},
    {MeasureKind::survival, "survival at YEAR", "share of all patients who are alive"},
    {MeasureKind::share, "share TALLY LEVELS at YEAR",
     "share of the living in a level, in any of `a|b|c`, or in `>=6`, `<4` where levels are numbers"},
    {MeasureKind::mean, "mean TALLY.ATTRIBUTE at YEAR", "mean of the level among the living, levels being numbers"},
    {MeasureKind::change, "change TALLY.ATTRIBUTE at YEAR", "that mean minus the mean at time 0"},
    {MeasureKind::free, "free EVENT at YEAR", "Kaplan-Meier share without the event so far, deaths being censored"},
    {MeasureKind::median, "median EVENT",
     "years until that share falls to a half, linear within a cycle; no number where it never does"},
};

std::vector<std::string> words_of(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, '\t', ' ');
  return split(blanks, ' ');
}

bool is_placeholder(const std::string& word) { return word.front() >= 'A' && word.front() <= 'Z'; }

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

/// The measure if the words have the form's shape; its year is absent where what stands for it is no year.
std::optional<Measure> fit(const Form& form, const std::vector<std::string>& words) {
  const std::vector<std::string> pattern = words_of(form.pattern);
  const auto levels = std::ranges::find(pattern, "LEVELS");
  const std::size_t extra = words.size() - std::min(words.size(), pattern.size());
  if (words.size() < pattern.size() || (levels == pattern.end() && extra > 0)) return std::nullopt;
  Measure measure{.kind = form.kind, .name = {}, .levels = {}, .versus = {}, .year = {}};
  std::size_t next = 0;
  for (const std::string& expected : pattern) {
    const std::size_t count = expected == "LEVELS" ? 1 + extra : 1;
    const std::string found = joined(words, next, next + count);
    next += count;
    if (!is_placeholder(expected)) {
      if (found != expected) return std::nullopt;
    } else if (expected == "YEAR") {
      measure.year = number_in(found);
    } else {
      (expected == "LEVELS" ? measure.levels : expected == "STRATEGY" ? measure.versus : measure.name) = found;
    }
  }
  return measure;
}

bool wants_year(const Form& form) { return std::string_view(form.pattern).ends_with("YEAR"); }

tl::unexpected<Diagnostics> refuse(const SourcePlace& place, std::string problem, std::string remedy) {
  return tl::unexpected(Diagnostics{{place, std::move(problem), std::move(remedy)}});
}

}  // namespace

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return good ? std::optional(value) : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
    part = part.substr(0, part.find_last_not_of(" \t") + 1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

Result<Measure> parse_measure(std::string_view text, const SourcePlace& place) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return refuse(place, "the measure is empty", "write one, `survival at 10` for example");
  std::vector<std::string> known, shapes;
  for (const Form& form : forms) {
    const std::vector<std::string> pattern = words_of(form.pattern);
    if (std::ranges::find(known, pattern.front()) == known.end()) known.push_back(pattern.front());
    if (pattern.front() == words.front()) shapes.push_back(fmt::format("`{}`", form.pattern));
    std::optional<Measure> measure = fit(form, words);
    if (!measure) continue;
    if (wants_year(form) && (!measure->year || *measure->year < 0)) {
      return refuse(place, fmt::format("{} is no year", scenario::quote(words.back())),
                    "write the number of years since the start, at least 0");
    }
    return std::move(*measure);
  }
  if (shapes.empty()) {
    return refuse(place, "unknown measure " + scenario::quote(words.front()),
                  scenario::did_you_mean(words.front(), known, "begin with one of " + scenario::listed(known)));
  }
  return refuse(place, "the measure " + scenario::quote(text) + " cannot be read",
                fmt::format("write {}", fmt::join(shapes, " or ")));
}

std::string describe_measures() {
  std::string text = "Measures of a target\n\n";
  for (const Form& form : forms) text += fmt::format("  {:<34}  {}\n", form.pattern, form.meaning);
  text +=
      "\n  YEAR counts from the start and is a time point of the scenario. A tally counts patients at time points\n"
      "  (`myelin describe model M --scenario FILE` lists them); one over a single attribute needs no `.ATTRIBUTE`.\n"
      "  An EVENT happens once: the outcome `reached.EVENT` counts 1 in its cycle, and `years.before_EVENT` the years\n"
      "  alive without it (in a declared model `reached_EVENT` and `years_before_EVENT`).\n";
  return text;
}

}  // namespace myelin::study
