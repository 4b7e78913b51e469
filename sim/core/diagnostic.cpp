#include "core/diagnostic.hpp"

#include <algorithm>

namespace myelin {

namespace {

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
    }
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text;
  if (!diagnostic.place.file.empty()) {
    text += diagnostic.place.file + ":";
    if (diagnostic.place.line > 0) {
      text += std::to_string(diagnostic.place.line) + ":" + std::to_string(diagnostic.place.column) + ":";
    }
    text += " ";
  }
  text += diagnostic.problem;
  if (!diagnostic.remedy.empty()) text += " -- " + diagnostic.remedy;
  return text;
}

std::optional<std::string> nearest_name(const std::string& unknown, const std::vector<std::string>& known) {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, unknown.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(unknown, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

}  // namespace myelin
