#pragma once

#include <string>

namespace myelin::cli::test {

/// A text without the line ends and indents that depend on its width.
inline std::string unbroken(const std::string& text) {
  std::string words;
  for (const char byte : text) {
    const bool blank = byte == '\n' || byte == ' ';
    if (!blank || (!words.empty() && words.back() != ' ')) words += blank ? ' ' : byte;
  }
  return words;
}

}  // namespace myelin::cli::test
