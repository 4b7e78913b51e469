#include <catch2/catch.hpp>
#include <cctype>
#include <chrono>
#include <random>
#include <sstream>

#include "markov/scenario_of.hpp"
#include "study/simulate.hpp"

/// \file
/// Scenarios spoilt at random: each runs or has diagnostics.

namespace myelin::markov::test {

namespace {

std::string content(const std::string& file) {
  std::ifstream stream(std::string(MYELIN_SOURCE_DIR) + "/scenarios/examples/" + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

using Parts = std::vector<std::string>;

/// A text taken apart so that its parts make it again: lines with their ends, or words, runs of blanks and single
/// marks.
Parts lines_of(const std::string& text) {
  Parts lines(1);
  for (const char c : text) {
    lines.back() += c;
    if (c == '\n') lines.emplace_back();
  }
  return lines;
}

Parts tokens_of(const std::string& text) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; };
  Parts tokens;
  for (const char c : text) {
    const bool goes_on =
        !tokens.empty() && ((is_word(c) && is_word(tokens.back().back())) || (c == ' ' && tokens.back().back() == ' '));
    if (!goes_on) tokens.emplace_back();
    tokens.back() += c;
  }
  return tokens;
}

/// Deletes, doubles, exchanges or overwrites a part. The generator's own numbers are the same everywhere.
void spoil(Parts& parts, std::mt19937& random) {
  const std::size_t a = random() % parts.size(), b = random() % parts.size();
  switch (random() % 4) {
    case 0:
      parts[a].clear();
      break;
    case 1:
      parts[a] += parts[a];
      break;
    case 2:
      std::swap(parts[a], parts[b]);
      break;
    default:
      parts[a] = parts[b];
      break;
  }
}

std::string joined(const Parts& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

/// Whether a scenario runs; if not, each of its diagnostics says what is wrong.
bool runs(const ScenarioOf& scenario) {
  const auto plan = scenario.plan();
  if (plan) {
    const auto output = study::simulate(*plan, plan->analyses.front(), {});
    if (output) return true;
    CHECK_FALSE(output.error().empty());
    return false;
  }
  CHECK_FALSE(plan.error().empty());
  for (const Diagnostic& diagnostic : plan.error()) {
    CHECK_FALSE(diagnostic.problem.empty());
    CHECK_FALSE(diagnostic.remedy.empty());
  }
  return false;
}

}  // namespace

TEST_CASE("scenarios spoilt at random run or have diagnostics") {
  constexpr int spoilt_scenarios = 300;
  constexpr std::chrono::seconds limit(2);
  const std::string sources = content("sources.csv");
  const std::string texts[] = {content("sick_sicker.toml"), content("sick_sicker_history.toml")};
  std::mt19937 random(20181);
  int ran = 0;
  for (int i = 0; i < spoilt_scenarios; ++i) {
    const std::string& text = texts[i % 2];
    Parts parts = i % 4 < 2 ? lines_of(text) : tokens_of(text);
    spoil(parts, random);
    const std::string spoilt = joined(parts);
    INFO("scenario " << i << ":\n" << spoilt);
    const ScenarioOf scenario(spoilt);
    scenario.write("sources.csv", sources);
    const auto begin = std::chrono::steady_clock::now();
    ran += runs(scenario) ? 1 : 0;
    CHECK(std::chrono::steady_clock::now() - begin < limit);
  }
  // Both happen: otherwise the rubbish is too little or too much.
  CHECK(ran > spoilt_scenarios / 20);
  CHECK(ran < spoilt_scenarios * 19 / 20);
}

}  // namespace myelin::markov::test
