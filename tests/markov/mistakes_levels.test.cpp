#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Names of levels: what they can be, and what they clash with.

namespace myelin::markov::test {

TEST_CASE("a dead level is named once") {
  CHECK(mistakes({{"dead = [\"Dead\"]", "dead = [\"Dead\", \"Dead\"]"}}) ==
        Lines{"scenario.toml:22:1: the level 'Dead' is named twice -- keep one of the two"});
  CHECK(mistakes({{"dead = [\"Dead\"]", "dead = [\"Dead\", \"Ill\", \"Ill\"]"}}) ==
        Lines{"scenario.toml:22:1: the level 'Ill' is named twice -- keep one of the two"});
}

TEST_CASE("a name in formulae is not also a level") {
  CHECK(mistakes({{"p_ill = {", "Well = {"}, {"\"p_ill\"", "\"Well\""}}) ==
        Lines{"scenario.toml:25:1: 'Well' is also a level of attribute 'state' -- rename one of the two"});
  CHECK(mistakes({{"treated = 0", "treated = 0\nIll = 1"}}) ==
        Lines{"scenario.toml:35:1: 'Ill' is also a level of attribute 'state' -- rename one of the two"});
  CHECK(mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { Well = 2 }\n\n[parameters]"}}) ==
        Lines{"scenario.toml:26:19: 'Well' is also a level of attribute 'state' -- rename one of the two"});
}

TEST_CASE("a level can have blanks within its name") {
  const auto renamed = [](const std::string& level) {
    std::string text = toy();
    for (const char* use : {"\"Ill\"", "->Ill\"", "\"Ill->", "{ Ill =", ", Ill ="}) {
      const std::string from = use;
      std::string to = from;
      const bool bare = from.ends_with("=");
      to.replace(to.find("Ill"), 3, bare ? "\"" + level + "\"" : level);
      for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    }
    return ScenarioOf(text).problems();
  };
  CHECK(renamed("Very ill").empty());
}

TEST_CASE("blanks around the arrow of a move do not matter") {
  CHECK(mistakes({{"\"Well->Ill\"", "\" Well  ->  Ill \""}}).empty());
}

TEST_CASE("a transition can be named like an attribute with a rule, or like the group") {
  CHECK(mistakes({{"[parameters]", R"-([attributes.disease]
highest = 3
start = "0"
each_cycle = "min(disease + 1, 3)"

[groups.all]
share = 1

[transitions.group]
attribute = "state"
probabilities = { "Well->Ill" = 0.1 }

[parameters])-"}})
            .empty());
}

TEST_CASE("a level has a name that moves can hold") {
  for (const char* level : {"", " left", "left ", "*", "left->right"}) {
    CAPTURE(level);
    CHECK(mistakes({{"[parameters]", "[attributes.side]\nlevels = [\"" + std::string(level) +
                                         "\", \"right\"]\nstart = \"right\"\n\n[parameters]"}}) ==
          Lines{"scenario.toml:25:1: '" + std::string(level) +
                "' cannot be a level -- use another name, of letters, digits and blanks between them"});
  }
}

}  // namespace myelin::markov::test
