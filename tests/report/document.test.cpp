#include "report/document.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

namespace myelin::report {
namespace {

constexpr auto text = TableColumn::Kind::text;
constexpr auto chart = TableColumn::Kind::chart;

static_assert(!std::is_convertible_v<std::string, Document> && !std::is_constructible_v<Document, std::string> &&
              !std::is_constructible_v<Document, const char*>);

/// A table of strategies that has `beside` columns of numbers.
Table wide_table(std::size_t beside, std::size_t side_by_side, std::size_t together = 1) {
  Table table{{{"Row", text}}, {{"all"}}, side_by_side, together};
  for (std::size_t c = 1; c <= beside; ++c) {
    table.columns.push_back({"c" + std::to_string(c)});
    table.rows.front().push_back(std::to_string(10 * c));
  }
  return table;
}

std::size_t occurrences(const std::string& of, const std::string& in) {
  std::size_t count = 0;
  for (std::size_t at = in.find(of); at != std::string::npos; at = in.find(of, at + 1)) ++count;
  return count;
}

/// One block of every kind.
Document everything() {
  const Table table{{{"Strategy", text}, {"Cost\nmean"}, {"Bar", chart}}, {{"none", "1,200\n± 30", "  █"}}};
  return Heading{"Costs"} + Paragraph{"How they are counted."} + table + Heading{"By year", true} +
         List{{"First.", "Second."}} + List{{"One."}, "Found:"};
}

}  // namespace

TEST_CASE("a terminal shows blocks with one empty line between any two") {
  CHECK(to_text(everything()) ==
        "Costs\n"
        "\n"
        "How they are counted.\n"
        "\n"
        "Strategy   Cost  Bar\n"
        "           mean\n"
        "────────────────────\n"
        "none      1,200    █\n"
        "           ± 30\n"
        "\n"
        "By year\n"
        "\n"
        "First.\n"
        "Second.\n"
        "\n"
        "Found:\n"
        "  One.\n");
  CHECK(to_text({}).empty());
  CHECK(Document().empty());
  CHECK(to_text(Document() + Paragraph{"Alone."} + Document()) == "Alone.\n");
}

TEST_CASE("lines of a list hang below their first, and stand further in below a lead") {
  std::string sentence;
  for (int word = 0; word < 30; ++word) sentence += (word > 0 ? " " : "") + std::string("word");
  const std::string hanging = to_text(List{{sentence}}), led = to_text(List{{sentence}, "Lead"});
  CHECK(hanging.find("\n  word") != std::string::npos);
  CHECK(led.starts_with("Lead\n  word"));
  CHECK(led.find("\n    word") != std::string::npos);
  CHECK(to_text(Heading{sentence}).find('\n') <= text_width);
}

TEST_CASE("a page shows the same blocks as elements") {
  CHECK(to_html(everything(), 3) ==
        "<h3>Costs</h3>\n"
        "<p>How they are counted.</p>\n"
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Costs\">\n"
        "<table>\n"
        "<thead><tr><th scope=\"col\">Strategy</th><th scope=\"col\" class=\"num\">Cost<br>mean</th>"
        "<th scope=\"col\" class=\"chart\" aria-hidden=\"true\">Bar</th></tr></thead>\n"
        "<tbody>\n"
        "<tr><th scope=\"row\">none</th><td class=\"num\">1,200<br><span class=\"se\">± 30</span></td>"
        "<td class=\"chart\" aria-hidden=\"true\">  █</td></tr>\n"
        "</tbody>\n"
        "</table>\n"
        "</div>\n"
        "<h4>By year</h4>\n"
        "<ul>\n<li>First.</li>\n<li>Second.</li>\n</ul>\n"
        "<p>Found:</p>\n"
        "<ul>\n<li>One.</li>\n</ul>\n");
  CHECK(to_html({}, 2).empty());
  CHECK(to_html(Heading{"Deep", true}, 6) == "<h6>Deep</h6>\n");
}

TEST_CASE("a number names no row, and an empty heading no column") {
  const std::string page = to_html(Table{{{"Patients"}, {""}}, {{"50 *", ""}}}, 3);
  CHECK(page.find("<th scope=\"col\" class=\"num\">Patients</th><td></td>") != std::string::npos);
  CHECK(page.find("<tr><td class=\"num\">50 *</td><td class=\"num\"></td></tr>") != std::string::npos);
  CHECK(page.find("aria-label=\"Table\"") != std::string::npos);
}

TEST_CASE("nothing that a scenario says gets into a page as anything but words") {
  const std::string hostile = "<script>alert('x')</script> & \"quoted\"\n><b onload='y'>";
  const Document document = Heading{hostile} + Paragraph{hostile} + List{{hostile}, hostile} +
                            Table{{{hostile, text}, {hostile}}, {{hostile, hostile}}};
  const std::string page = to_html(document, 3),
                    words = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;";
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("<b") == page.find("<br>"));
  CHECK(page.find('\'') == std::string::npos);
  CHECK(page.find("& ") == std::string::npos);
  CHECK(occurrences(words, page) == 9);
  CHECK(page.find("aria-label=\"" + words + " &gt;&lt;b onload=&#39;y&#39;&gt;\"") != std::string::npos);
}

TEST_CASE("a wide table stands in even blocks on a terminal and is whole on a page") {
  CHECK(to_text(wide_table(5, 3)) ==
        "Row  c1  c2\n"
        "───────────\n"
        "all  10  20\n"
        "\n"
        "Row  c3  c4  c5\n"
        "───────────────\n"
        "all  30  40  50\n");
  CHECK(occurrences("Row", to_text(wide_table(12, 5))) == 3);
  CHECK(occurrences("Row", to_text(wide_table(12, 0))) == 1);
  CHECK(occurrences("Row", to_text(wide_table(5, 5))) == 1);
  CHECK(to_text(wide_table(0, 5)) == "Row\n───\nall\n");
  const std::string page = to_html(wide_table(12, 5), 3);
  CHECK(occurrences("<table>", page) == 1);
  CHECK(occurrences("<th scope=\"col\" class=\"num\">", page) == 12);
}

TEST_CASE("columns that belong together are never parted") {
  const std::string shown = to_text(wide_table(10, 6, 2));
  CHECK(shown.starts_with("Row  c1  c2  c3  c4\n"));
  CHECK(shown.find("Row  c5  c6  c7  c8  c9  c10\n") != std::string::npos);
}

TEST_CASE("a column with a width breaks its long lines on a terminal alone") {
  const Table table{{{"Row", text}, {"Best supportive care", TableColumn::Kind::number, 15}},
                    {{"all", "Best supportive care\n1,000"}}};
  CHECK(to_text(table) ==
        "Row  Best supportive\n"
        "                care\n"
        "────────────────────\n"
        "all  Best supportive\n"
        "                care\n"
        "               1,000\n");
  CHECK(to_html(table, 3).find("<td class=\"num\">Best supportive care<br>1,000</td>") != std::string::npos);
}

}  // namespace myelin::report
