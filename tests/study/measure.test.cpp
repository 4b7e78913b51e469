#include "study/measure.hpp"

#include <catch2/catch.hpp>

using namespace myelin;
using namespace myelin::study;

namespace {

Measure read(const std::string& text) {
  CAPTURE(text);
  const Result<Measure> measure = parse_measure(text, {});
  REQUIRE(measure);
  return *measure;
}

std::string mistake(const std::string& text) {
  CAPTURE(text);
  const Result<Measure> measure = parse_measure(text, {"targets.csv", 3, 7});
  REQUIRE_FALSE(measure);
  REQUIRE(measure.error().size() == 1);
  return to_string(measure.error().front());
}

}  // namespace

TEST_CASE("Every measure is read into its parts", "[study]") {
  CHECK(read("total cost").kind == MeasureKind::total);
  CHECK(read("total cost.care").name == "cost.care");
  CHECK_FALSE(read("total cost").year);
  CHECK(read("  total   cost until 2.5 ").year == 2.5);
  CHECK(read("discounted qaly").kind == MeasureKind::discounted);
  CHECK(read("increment qaly versus none").kind == MeasureKind::increment);
  CHECK(read("increment qaly versus none").versus == "none");
  CHECK(read("icer versus none").kind == MeasureKind::icer);
  CHECK(read("survival at 10").year == 10.0);
  const Measure share = read("share disability.edss >=6 at 8");
  CHECK(share.kind == MeasureKind::share);
  CHECK(share.name == "disability.edss");
  CHECK(share.levels == ">=6");
  CHECK(share.year == 8.0);
  CHECK(read("share edss_6 not reached|to be confirmed at 8").levels == "not reached|to be confirmed");
  CHECK(read("mean disability.edss at 0").kind == MeasureKind::mean);
  CHECK(read("change disability.edss at 2").kind == MeasureKind::change);
  CHECK(read("free edss_6 at 15").kind == MeasureKind::free);
  CHECK(read("median edss_6").kind == MeasureKind::median);
}

TEST_CASE("A measure that cannot be read is told with what to write", "[study]") {
  CHECK(mistake("") == "targets.csv:3:7: the measure is empty -- write one, `survival at 10` for example");
  CHECK(mistake("survivl at 10") == "targets.csv:3:7: unknown measure \"survivl\" -- did you mean \"survival\"?");
  CHECK(
      mistake("hazard at 10") ==
      "targets.csv:3:7: unknown measure \"hazard\" -- begin with one of total, discounted, increment, icer, survival, "
      "share, mean, change, free, median");
  CHECK(mistake("survival") == "targets.csv:3:7: the measure \"survival\" cannot be read -- write `survival at YEAR`");
  CHECK(mistake("total cost after 3") ==
        "targets.csv:3:7: the measure \"total cost after 3\" cannot be read -- write `total OUTCOME` or `total OUTCOME "
        "until YEAR`");
  CHECK(mistake("share edss at 3") ==
        "targets.csv:3:7: the measure \"share edss at 3\" cannot be read -- write `share TALLY LEVELS at YEAR`");
  for (const char* year : {"ten", "-1", "nan", "1,5", "1.5x"}) {
    CHECK(mistake(std::string("survival at ") + year) ==
          std::string("targets.csv:3:7: \"") + year +
              "\" is no year -- write the number of years since the start, at "
              "least 0");
  }
}

TEST_CASE("The description names every measure", "[study]") {
  const std::string text = describe_measures();
  for (const char* measure :
       {"total OUTCOME until YEAR", "discounted OUTCOME", "increment OUTCOME versus STRATEGY", "icer versus STRATEGY",
        "survival at YEAR", "share TALLY LEVELS at YEAR", "mean TALLY.ATTRIBUTE at YEAR",
        "change TALLY.ATTRIBUTE at YEAR", "free EVENT at YEAR", "median EVENT"}) {
    CHECK_THAT(text, Catch::Matchers::Contains(measure));
  }
}
