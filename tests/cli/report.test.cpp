#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "results/example.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::results::test::file_bytes;
using myelin::results::test::put_file;
using myelin::results::test::TemporaryFolder;
using nlohmann::json;

namespace {

const std::string example = MYELIN_SOURCE_DIR "/scenarios/examples/sick_sicker_four_strategies.toml";

/// The data that a page carries for its scripts.
json data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"page-data\">";
  const std::size_t first = page.find(begin) + begin.size();
  return json::parse(page.substr(first, page.find("</script>", first) - first));
}

}  // namespace

TEST_CASE("a page carries what the terminal shows, and nothing from elsewhere") {
  const TemporaryFolder folder;
  const std::string file = (folder / "run.h5"), page = (folder / "run.html");
  REQUIRE(run_myelin({"run", example, "--quiet", "-o", file}).code == 0);
  const Finished made = run_myelin({"report", file});
  CHECK(made.code == 0);
  CHECK_THAT(made.err, Contains("report written to " + page));
  const std::string html = file_bytes(page);
  CHECK_THAT(html, Contains("is the best buy") && Contains("default-src 'none'") && Contains("CHEERS 2022"));
  for (const char* foreign : {"src=\"http", "href=\"http", "@import", "url(http"}) CHECK_THAT(html, !Contains(foreign));
  const json said = json::parse(run_myelin({"analyse", file, "--json"}).out), data = data_of(html);
  const json& rows = data["decision"]["rows"][data["decision"]["first"].get<std::size_t>()];
  for (std::size_t s = 0; s < rows.size(); ++s) {
    CHECK(rows[s][0] == said["strategies"][s]["label"]);
    const std::string name = said["strategies"][s]["name"];
    CHECK(rows[s][1].get<double>() == Approx(said["thresholds"][0]["nmb"][name].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("thresholds and prices of a page are those that are asked for") {
  const TemporaryFolder folder;
  const std::string file = (folder / "run.h5"), page = (folder / "page.html");
  REQUIRE(run_myelin({"run", example, "--quiet", "-o", file}).code == 0);
  REQUIRE(run_myelin({"report", file, "-o", page, "--thresholds", "12345", "--quiet"}).code == 0);
  CHECK_THAT(file_bytes(page), Contains("At 12,345 "));
  const Finished unknown = run_myelin({"report", file, "-o", page, "--reference", "nobody"});
  CHECK(unknown.code == 2);
  CHECK_THAT(unknown.err, Contains("the run has no strategy 'nobody'"));
}

TEST_CASE("words of a scenario cannot become part of a page's code") {
  const TemporaryFolder folder;
  const std::string file = (folder / "run.h5"), page = (folder / "run.html");
  REQUIRE(
      run_myelin({"run", example, "--quiet", "-o", file, "--set", "title=</title></script><script>alert(1)</script>",
                  "--set", "strategies.A.label=<img src=x onerror=alert(2)>"})
          .code == 0);
  REQUIRE(run_myelin({"report", file, "--quiet"}).code == 0);
  const std::string html = file_bytes(page);
  CHECK_THAT(html, !Contains("<script>alert") && !Contains("<img"));
  CHECK_THAT(html, Contains("&lt;script&gt;alert(1)"));
  CHECK(data_of(html).is_object());
}

TEST_CASE("a page that cannot be made leaves nothing behind") {
  const TemporaryFolder folder;
  put_file(folder / "no.h5", "not a results file");
  CHECK(run_myelin({"report", (folder / "no.h5")}).code == 3);
  CHECK_FALSE(std::filesystem::exists((folder / "no.html")));
  CHECK(run_myelin({"report", (folder / "absent.h5")}).code == 3);
  const Finished nowhere = run_myelin({"report", (folder / "no.h5"), "-o", (folder / "absent/page.html")});
  CHECK(nowhere.code == 3);
  CHECK_THAT(nowhere.err, Contains("does not exist"));
}
