#include "cli/error_text.hpp"

#include <fmt/color.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace myelin::cli {

namespace {

/// By https://no-color.org: any value but an empty one forbids colour.
bool colours_wanted() {
  const char *forbidden = std::getenv("NO_COLOR"), *terminal = std::getenv("TERM");
  if (forbidden != nullptr && *forbidden != '\0') return false;
  return ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string shown(const std::string& text, const fmt::text_style& style) {
  return colours_wanted() && !text.empty() ? fmt::format(style, "{}", text) : text;
}

fmt::text_style of_errors() { return fmt::emphasis::bold | fg(fmt::terminal_color::red); }

}  // namespace

void print_error(const std::string& message) { fmt::print(stderr, "{} {}\n", shown("myelin:", of_errors()), message); }

void print_diagnostic(const Diagnostic& diagnostic) {
  const std::string whole = to_string(diagnostic), place = to_string(Diagnostic{diagnostic.place, "", ""}),
                    rest = whole.substr(place.size() + diagnostic.problem.size());
  fmt::print(stderr, "{}{}{}\n", shown(place, fmt::emphasis::bold), shown(diagnostic.problem, of_errors()), rest);
}

}  // namespace myelin::cli
