#include "scenario/csv.hpp"

#include <catch2/catch.hpp>

using namespace myelin;
using namespace myelin::scenario;

namespace {

struct Parsed {
  std::optional<CsvTable> table;
  std::vector<std::string> problems;
};

Parsed parse(const std::string& text) {
  Diagnostics found;
  Parsed parsed{parse_csv({"x.csv", "x.csv", text}, {"a", "b"}, {"c"}, found), {}};
  for (const Diagnostic& diagnostic : found) parsed.problems.push_back(to_string(diagnostic));
  return parsed;
}

std::vector<std::string> texts(const Parsed& parsed) {
  std::vector<std::string> list;
  REQUIRE(parsed.table);
  for (const auto& row : parsed.table->rows) {
    for (const CsvField& field : row) list.push_back(field.text);
  }
  return list;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("fields may be quoted and hold commas, quotes and line ends") {
  CHECK(texts(parse("a,b\n1,\"x, \"\"y\"\"\nz\"\n")) == Texts{"1", "x, \"y\"\nz"});
  CHECK(texts(parse("a,b\n\"\",\n")) == Texts{"", ""});
}

TEST_CASE("CRLF, a byte order mark, comments, empty lines and a missing last line end are read") {
  CHECK(texts(parse("\xEF\xBB\xBF# note, \"odd\r\na,b\r\n\r\n1,2\r\n#3,4\r\n5,6")) == Texts{"1", "2", "5", "6"});
}

TEST_CASE("places count lines and characters") {
  const Parsed parsed = parse("a,b\n\"\xC3\xA9\n\",x\n\xC3\xA9,y\n");
  REQUIRE(parsed.table);
  CHECK(parsed.table->rows[0][0].line == 2);
  CHECK(parsed.table->rows[0][1].line == 3);
  CHECK(parsed.table->rows[0][1].column == 3);
  CHECK(parsed.table->place(1, 1).line == 4);
  CHECK(parsed.table->place(1, 1).column == 3);
}

TEST_CASE("columns may come in any order") {
  const Parsed parsed = parse("c,b,a\n1,2,3\n");
  REQUIRE(parsed.table);
  CHECK(parsed.table->column("a") == 2u);
  CHECK_FALSE(parsed.table->column("d"));
}

TEST_CASE("malformed CSV is refused with its place") {
  CHECK(parse("").problems == Texts{"x.csv: the file is empty -- write a header row: a, b"});
  CHECK(parse("# only a comment").problems == Texts{"x.csv: the file is empty -- write a header row: a, b"});
  CHECK(parse("a,b\n1,\"2\n").problems == Texts{"x.csv:2:3: unterminated quote -- close the field with a quote"});
  CHECK(parse("a,b\n1,\"2\"3\n").problems ==
        Texts{"x.csv:2:6: text after the closing quote of a field -- double the quotes within a field"});
  CHECK(parse("a,b\n1,2\"3\n").problems == Texts{"x.csv:2:4: quote inside a field without quotes -- put the whole "
                                                 "field between quotes and double the quotes within"});
  CHECK(parse("a,b\r1,2\r").problems ==
        Texts{"x.csv:1:4: carriage return without a line feed -- save the file with line ends LF or CRLF"});
  CHECK(parse("a,b\n1,\xFF\n").problems == Texts{"x.csv:2:1: the line is not UTF-8 text -- save the file as UTF-8"});
  CHECK(parse("a,b\n1,\xED\xA0\x80\n").problems.size() == 1);
  CHECK(parse("a,b\n1\n1,2\n1,2,3\n").problems ==
        Texts{"x.csv:2:1: the row has 1 fields but the header has 2 -- write one field a column; put a field that "
              "holds a comma between quotes",
              "x.csv:4:1: the row has 3 fields but the header has 2 -- write one field a column; put a field that "
              "holds a comma between quotes"});
  CHECK(parse("a,a,d\n").problems == Texts{"x.csv:1:3: duplicate column \"a\" -- keep one of the two",
                                           "x.csv:1:5: unknown column \"d\" -- did you mean \"a\"?",
                                           "x.csv:1:1: missing column \"b\" -- add it to the header and each row"});
}

TEST_CASE("a file of more than a million rows is refused") {
  std::string text = "a,b\n";
  for (int i = 0; i < 1'000'001; ++i) text += "1,2\n";
  CHECK(parse(text).problems ==
        Texts{"x.csv:1000002:1: the file has more than 1,000,000 rows -- leave out what the scenario does not need"});
}
