#include <catch2/catch.hpp>
#include <random>

#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Lines = std::vector<std::string>;

TEST_CASE("syntax errors of all files are told at once") {
  const ScenarioFolder folder;
  folder.spoil("inputs.toml", "[costs]", "[/N");
  folder.spoil("therapies/b_drug.toml", "label = \"B\"", "label = B");
  folder.spoil("toy.toml", "horizon_years = 40\n", "");
  CHECK(folder.problems() ==
        Lines{"inputs.toml:4:2: TOML syntax: Error while parsing key: expected bare key starting character or string "
              "delimiter, saw '/' "
              "-- correct the line (https://toml.io describes the format)",
              "therapies/b_drug.toml:2:9: TOML syntax: Error while parsing value: could not determine value type "
              "-- correct the line (https://toml.io describes the format)"});
}

TEST_CASE("hostile inputs are refused, never crashed on") {
  const ScenarioFolder folder;
  const std::string many_dots = [] {
    std::string key = "a";
    for (int i = 0; i < 200'000; ++i) key += ".a";
    return key;
  }();
  const Lines inputs = {"[/N",
                        "",
                        "[",
                        "\"",
                        "a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                        std::string("a = \"\0\"", 7),
                        "\xFF\xFE",
                        "a = 99999999999999999999999999",
                        many_dots + " = 1",
                        "[" + many_dots + "]",
                        std::string(100'000, '['),
                        "format = { a = 1 }",
                        "include = [\"\\u0000\", \"\", \".\", \"/dev/zero\", 3]",
                        "[[therapies]]\nlabel = 1",
                        "[therapies]\nx = [1]",
                        std::string(300'000, 'k') + " = 1"};
  for (const std::string& input : inputs) {
    INFO(input.substr(0, 60));
    folder.write("toy.toml", input);
    CHECK_FALSE(folder.problems().empty());
  }
}

TEST_CASE("files over 16 MiB are refused") {
  const ScenarioFolder folder;
  folder.write("data/utility.csv", std::string((16u << 20) + 1, '#'));
  CHECK(folder.problems() ==
        Lines{"inputs.toml:8:9: cannot use the file \"data/utility.csv\": it is larger than 16 MiB -- "
              "correct the path, which counts from the folder of the file that names it"});
}

TEST_CASE("any override is applied or refused") {
  const ScenarioFolder folder;
  for (const char* text : {"", "=", "[", "a[=1", "[1]=2", "utilities.state[]=1", "utilities.state[,]=1", ".=1", "..a=1",
                           "title=\"", "title=[", "analysis.seed=99999999999999999999", "analysis.seed=1\nb=2",
                           "utilities.state[99999999999999]=1", "utilities.state[-1]=1", "therapies.*.label=x"}) {
    INFO(text);
    const auto scenario = folder.read({text});
    CHECK((scenario || !scenario.error().empty()));
  }
}

TEST_CASE("a scenario with flipped bytes is read or refused with diagnostics") {
  const ScenarioFolder folder;
  std::mt19937 random(20240607);
  for (const auto& [file, text] : toy_files()) {
    for (int trial = 0; trial < 150; ++trial) {
      std::string spoilt = text;
      for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
        spoilt[random() % spoilt.size()] = static_cast<char>(random() % 256);
      }
      if (trial % 5 == 0) spoilt.resize(random() % spoilt.size());
      folder.write(file, spoilt);
      const auto scenario = folder.read();
      CHECK((scenario || !scenario.error().empty()));
    }
    folder.write(file, text);
  }
}
