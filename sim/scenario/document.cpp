#include "scenario/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// A dotted key is a table a dot deep, and tables are walked recursively: more dots than any honest line has are
// refused.
std::optional<std::uint32_t> overlong_line(std::string_view text) {
  constexpr std::size_t most_dots = 1000;
  std::uint32_t line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '.' && ++dots > most_dots) return line;
    if (c == '\n') {
      ++line;
      dots = 0;
    }
  }
  return std::nullopt;
}

class DocumentReader {
 public:
  DocumentReader(const Folder& folder, Diagnostics& found) : folder_(folder), found_(found) {}

  Documents read_all() {
    const Result<File> top = folder_.read_top();
    if (top) {
      read(*top);
    } else {
      fail(top.error().front());
    }
    return std::move(documents_);
  }

 private:
  void fail(Diagnostic diagnostic) {
    found_.push_back(std::move(diagnostic));
    documents_.complete = false;
  }

  // Reads a file after what it includes; its position, or none if it is malformed.
  std::optional<std::size_t> read(const File& file) {
    if (const auto line = overlong_line(file.text)) {
      fail({{file.shown, *line, 1}, "the line holds more than 1000 full stops", "break the line up"});
      return std::nullopt;
    }
    toml::parse_result parsed = toml::parse(std::string_view(file.text));
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      fail({place_in(file.shown, error.source()), fmt::format("TOML syntax: {}", error.description()),
            "correct the line (https://toml.io describes the format)"});
      return std::nullopt;
    }
    Document document{file, std::make_shared<const toml::table>(std::move(parsed).table()), {}};
    chain_.push_back(file.relative);
    if (const toml::node* include = document.table->get("include")) read_includes(document, *include);
    chain_.pop_back();
    documents_.files.push_back(std::move(document));
    return documents_.files.size() - 1;
  }

  void read_includes(Document& document, const toml::node& include) {
    const std::string& shown = document.file.shown;
    const toml::array* paths = include.as_array();
    const bool texts = paths != nullptr && std::all_of(paths->begin(), paths->end(),
                                                       [](const toml::node& path) { return path.is_string(); });
    if (!texts) {
      return fail({place_in(shown, include.source()), "include must be a list of file names",
                   "write include = [\"inputs.toml\"]"});
    }
    for (const toml::node& path : *paths) {
      const SourcePlace place = place_in(shown, path.source());
      const Result<File> file = folder_.read(path.as_string()->get(), document.file.folder(), place);
      if (!file) {
        fail(file.error().front());
      } else if (const auto position = read_included(*file, place)) {
        document.includes.push_back(*position);
      }
    }
  }

  std::optional<std::size_t> read_included(const File& file, const SourcePlace& place) {
    if (std::find(chain_.begin(), chain_.end(), file.relative) != chain_.end()) {
      fail({place, fmt::format("the file {} includes itself, directly or through others", quote(file.relative)),
            "break the circle of includes"});
      return std::nullopt;
    }
    if (chain_.size() > max_include_depth) {
      fail(
          {place, fmt::format("includes are nested deeper than {}", max_include_depth), "include the file further up"});
      return std::nullopt;
    }
    const auto [first, is_new] = included_from_.emplace(file.relative, place);
    if (!is_new) {
      fail({place,
            fmt::format("the file {} is included twice (first at {}:{})", quote(file.relative), first->second.file,
                        first->second.line),
            "include it once, from a file that all who need it include"});
      return std::nullopt;
    }
    return read(file);
  }

  const Folder& folder_;
  Diagnostics& found_;
  Documents documents_;
  std::vector<std::string> chain_;  // the files being read, from the top file down
  std::map<std::string, SourcePlace> included_from_;
};

}  // namespace

Documents read_documents(const Folder& folder, Diagnostics& found) { return DocumentReader(folder, found).read_all(); }

std::shared_ptr<const toml::node> parse_value(const std::string& text) {
  if (!overlong_line(text)) {
    toml::parse_result parsed = toml::parse("value = " + text);
    if (parsed && parsed.table().size() == 1 && parsed.table().contains("value")) {
      const auto table = std::make_shared<const toml::table>(std::move(parsed).table());
      return {table, table->get("value")};
    }
  }
  return std::make_shared<toml::value<std::string>>(text);
}

std::optional<double> number_of(const toml::node& node) {
  if (const auto* whole = node.as_integer()) return static_cast<double>(whole->get());
  if (const auto* real = node.as_floating_point()) return real->get();
  return std::nullopt;
}

SourcePlace place_in(const std::string& file, const toml::source_region& region) {
  return {file, region.begin.line, region.begin.column};
}

}  // namespace myelin::scenario
