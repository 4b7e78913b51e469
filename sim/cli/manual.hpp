#pragma once

#include <CLI/CLI.hpp>
#include <string>

/// \file
/// What is made from the table of commands and options besides --help: nothing of it is written twice.

namespace myelin::cli {

/// Puts the examples of every command below its help. A command without any breaks a contract.
void add_examples(CLI::App& app);

/// The manual page in the language of man(7).
std::string man_page(const CLI::App& app);

/// A script that completes commands, options, their values and names of files in bash, and in zsh by its bashcompinit.
std::string completion_script(const CLI::App& app);

}  // namespace myelin::cli
