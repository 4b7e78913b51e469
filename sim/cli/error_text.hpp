#pragma once

#include <string>

#include "core/diagnostic.hpp"

namespace myelin::cli {

/// `myelin: MESSAGE` on standard error; in colour on a terminal, unless NO_COLOR is set or the terminal is dumb.
void print_error(const std::string& message);

/// A diagnostic as a line on standard error, its place and its problem set apart by colour likewise.
void print_diagnostic(const Diagnostic& diagnostic);

}  // namespace myelin::cli
