#include "report/csv.hpp"

#include <fmt/format.h>

namespace myelin::report {

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + '\n';
}

std::string csv_number(std::optional<double> value) { return value ? fmt::format("{}", *value) : ""; }

std::string csv_truth(std::optional<bool> value) { return value ? (*value ? "true" : "false") : ""; }

}  // namespace myelin::report
