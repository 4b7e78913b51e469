#include "scenario/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.hpp"

namespace myelin::scenario {

std::string quote(std::string_view text) {
  std::size_t length = std::min<std::size_t>(text.size(), 80);
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  std::string shown = "\"";
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return shown + (text.size() > length ? "...\"" : "\"");
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::optional<std::string> nearest_known(const std::string& unknown, const std::vector<std::string>& known) {
  // The edit distance of a hostile megabyte to every known name would take minutes.
  return unknown.size() > 200 ? std::nullopt : nearest_name(unknown, known);
}

std::string did_you_mean(const std::string& unknown, const std::vector<std::string>& known,
                         const std::string& otherwise) {
  const auto nearest = nearest_known(unknown, known);
  return nearest ? fmt::format("did you mean \"{}\"?", *nearest) : otherwise;
}

std::string range_in_words(const KeyRow& row) {
  if (row.low && row.high)
    return *row.low == *row.high ? fmt::format("{}", *row.low) : fmt::format("from {} to {}", *row.low, *row.high);
  if (row.low) return fmt::format("at least {}", *row.low);
  if (row.high) return fmt::format("at most {}", *row.high);
  return {};
}

}  // namespace myelin::scenario
