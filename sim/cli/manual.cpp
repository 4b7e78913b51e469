#include "cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/build_info.hpp"

namespace myelin::cli {

namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

/// What a value is called; without the bounds that CLI11 writes behind a colon.
std::string value_name(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  return name.starts_with('{') ? name.substr(0, name.find('}') + 1) : name.substr(0, name.find(':'));
}

/// The values that an option can have, where they are few and their list stands for the name of a value.
std::string choices(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  const std::size_t begin = name.find('{'), end = name.find('}');
  if (begin == std::string::npos || end == std::string::npos) return "";
  std::string words = name.substr(begin + 1, end - begin - 1);
  std::ranges::replace(words, ',', ' ');
  return words;
}

bool names_file(const CLI::Option& option) { return value_name(option) == "FILE"; }

/// `-o` and `--output`.
std::vector<std::string> flags_of(const CLI::Option& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  return flags;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app, bool positional) {
  return app.get_options([positional](const CLI::Option* option) { return option->nonpositional() != positional; });
}

/// Text as roff prints it unchanged: hyphens that can be copied, and no line that begins a request.
std::string roff(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    if ((letter == '.' || letter == '\'') && (safe.empty() || safe.back() == '\n')) safe += "\\&";
    safe += letter == '\\' ? "\\e" : letter == '-' ? "\\-" : std::string(1, letter);
  }
  return safe;
}

std::string synopsis(const CLI::App& command) {
  std::string text = ".B myelin " + roff(command.get_name()) + "\n.RI [ OPTIONS ]";
  for (const CLI::Option* option : options_of(command, true)) {
    const std::string name = roff(option->get_name(true)) + (option->get_items_expected_max() > 1 ? "..." : "");
    text += option->get_required() ? "\n.I " + name : "\n.RI [ " + name + " ]";
  }
  return text + "\n";
}

std::string option_entry(const CLI::Option& option) {
  std::string heading;
  if (option.get_positional()) {
    heading = "\\fI" + roff(option.get_name(true)) + "\\fR";
  } else {
    for (const std::string& flag : flags_of(option))
      heading += (heading.empty() ? "\\fB" : ", \\fB") + roff(flag) + "\\fR";
    if (takes_value(option)) heading += " \\fI" + roff(value_name(option)) + "\\fR";
  }
  const std::string list = option.get_positional() ? choices(option) : "";
  return ".TP\n" + heading + "\n" + roff(option.get_description() + (list.empty() ? "" : ": " + list)) + "\n";
}

std::string verbatim(const std::string& text) { return text.empty() ? "" : ".PP\n.nf\n" + roff(text) + "\n.fi\n"; }

/// The options of a command as words for compgen.
std::string words(const std::vector<const CLI::Option*>& options) {
  std::vector<std::string> all;
  for (const CLI::Option* option : options) {
    for (std::string& flag : flags_of(*option)) all.push_back(std::move(flag));
  }
  return fmt::format("{}", fmt::join(all, " "));
}

/// Lines of a `case` over "command option": what can follow an option that takes a value.
std::string value_cases(const CLI::App& command) {
  std::string lines;
  for (const CLI::Option* option : options_of(command, false)) {
    if (!takes_value(*option)) continue;
    std::vector<std::string> patterns;
    for (const std::string& flag : flags_of(*option))
      patterns.push_back(fmt::format("'{} {}'", command.get_name(), flag));
    const std::string reply = names_file(*option)
                                  ? "COMPREPLY=($(compgen -f -- \"$current\"))"
                                  : fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\"))", choices(*option));
    lines += fmt::format("    {}) {}; return ;;\n", fmt::join(patterns, "|"), reply);
  }
  return lines;
}

/// A line of a `case` over the command: its options, and what stands without one.
std::string command_case(const CLI::App& command) {
  std::string values;
  bool files = false;
  for (const CLI::Option* option : options_of(command, true)) {
    values += choices(*option) + " ";
    files = files || names_file(*option);
  }
  return fmt::format("    {}) options='{}'; values='{}'; files={} ;;\n", command.get_name(),
                     words(options_of(command, false)), values, files ? "yes" : "");
}

}  // namespace

std::string man_page(const CLI::App& app) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  std::string page =
      fmt::format(".TH MYELIN 1 \"\" \"myelin {}\" \"User Commands\"\n.SH NAME\nmyelin \\- {}\n.SH SYNOPSIS\n",
                  build_info().version, roff("health-economic simulation of multiple sclerosis"));
  for (const CLI::App* command : commands) page += (command == commands.front() ? "" : ".br\n") + synopsis(*command);
  page += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n.SH OPTIONS\n";
  for (const CLI::Option* option : options_of(app, false)) page += option_entry(*option);
  page += ".SH COMMANDS\n";
  for (const CLI::App* command : commands) {
    page += ".SS " + roff(command->get_name()) + "\n" + roff(command->get_description()) + "\n";
    for (const bool positional : {true, false}) {
      for (const CLI::Option* option : options_of(*command, positional)) page += option_entry(*option);
    }
    page += verbatim(command->get_footer());
  }
  page += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : {std::pair(0, "good"),
                                      {2, "a mistake in the input"},
                                      {3, "the outside world failed (disk, file)"},
                                      {4, "a bug of ours"},
                                      {130, "interrupted; finished work is kept"}})
    page += fmt::format(".TP\n{}\n{}\n", code, meaning);
  page +=
      ".SH ENVIRONMENT\n.TP\nNO_COLOR\nany value forbids colour in messages\n.TP\nOMP_NUM_THREADS\nnumber of threads "
      "without "
      "\\fB\\-\\-threads\\fR\n";
  return page;
}

std::string completion_script(const CLI::App& app) {
  std::vector<std::string> names;
  std::string of_values, of_commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
    of_values += value_cases(*command);
    of_commands += command_case(*command);
  }
  return fmt::format(
      R"sh(# Completion of myelin for bash; zsh takes it by bashcompinit. Made by `myelin describe completion`.
if [ -n "${{ZSH_VERSION-}}" ]; then autoload -U +X bashcompinit && bashcompinit; fi
_myelin() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}}
  local options='' values='' files=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} {}' -- "$current"))
    return
  fi
  case "$command $before" in
{}  esac
  case "$command" in
{}  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$values" -- "$current"))
       if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi ;;
  esac
}}
complete -o filenames -F _myelin myelin
)sh",
      fmt::join(names, " "), words(options_of(app, false)), of_values, of_commands);
}

}  // namespace myelin::cli
