#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <functional>
#include <system_error>

#include "cli/common.hpp"
#include "cli/error_text.hpp"
#include "cli/manual.hpp"
#include "core/build_info.hpp"
#include "core/contract.hpp"
#include "core/diagnostic.hpp"
#include "report/export.hpp"
#include "study/calibrate_spec.hpp"
#include "study/measure.hpp"
#include "study/targets_file.hpp"

namespace myelin::cli {

namespace {

[[noreturn]] void end_on_our_bug() {
  std::fputs("myelin: an internal error ended the program; please report it with the command and the scenario\n",
             stderr);
  std::_Exit(exit_bug);
}

/// What the values of an option that names a file are called, here and by the completion.
constexpr const char* file_name = "FILE";

/// Options that are short for --set of a key, so that they go through the same checks. A list {a,b} as the name of
/// their values is also what completes them.
void add_override(CLI::App& command, Options& options, const std::string& flag, const std::string& key,
                  const std::string& help, const std::string& value_name = "") {
  CLI::Option* option = command.add_option_function<std::string>(
      flag, [&options, key](const std::string& value) { options.overrides.push_back(key + "=" + value); }, help);
  if (!value_name.empty()) option->type_name(value_name);
}

void add_overrides(CLI::App& command, Options& options, const std::string& help) {
  command
      .add_option_function<std::vector<std::string>>(
          "--set",
          [&options](const std::vector<std::string>& values) {
            options.overrides.insert(options.overrides.end(), values.begin(), values.end());
          },
          help)
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
}

void add_scenario(CLI::App& command, Options& options) {
  command.add_option("scenario", options.scenario, "the scenario file (TOML)")->required()->type_name(file_name);
  add_overrides(command, options,
                "key=value in the place of what the scenario says, e.g. therapies.ahsct.worsening=0.9; repeatable");
}

void add_scenario_options(CLI::App& command, Options& options) {
  add_scenario(command, options);
  command.add_option("--strategies", options.strategies, "only these strategies, separated by commas")->delimiter(',');
  add_override(command, options, "--patients", "analysis.patients", "number of patients a strategy");
  add_override(command, options, "--until", "analysis.until",
               "precision to simulate for, e.g. se=100@20000 (of incremental net benefit) or se.qaly=0.001");
  add_override(command, options, "--draws", "analysis.draws", "draws of the uncertain inputs; 1 for none");
  add_override(command, options, "--patients-per-draw", "analysis.patients_per_draw",
               "number of patients a strategy in each draw; left out: as many as are enough");
  add_override(command, options, "--seed", "analysis.seed", "seed of the random numbers");
  add_override(command, options, "--engine", "analysis.engine",
               "engine of the run; auto: cohort where its states are not too many", "{microsimulation,cohort,auto}");
}

void add_state_limit(CLI::App& command, Options& options) {
  command.add_option("--state-limit", options.state_limit, "largest number of states of the cohort engine")
      ->check(CLI::PositiveNumber);
}

void add_execution_options(CLI::App& command, Options& options) {
  command.add_option("--threads", options.threads, "number of threads; results do not depend on it")
      ->check(CLI::Range(1, 4096));
  command
      .add_option("--instruction-set", options.instruction_set,
                  "instructions of the processor to use; results do not depend on them")
      ->type_name("{baseline,avx2,avx512}");
  add_state_limit(command, options);
  static const std::map<std::string, ProgressKind> kinds = {{"auto", ProgressKind::automatic},
                                                            {"bar", ProgressKind::bar},
                                                            {"json", ProgressKind::json},
                                                            {"none", ProgressKind::none}};
  command.add_option("--progress", options.progress, "how progress is shown on standard error")
      ->transform(CLI::CheckedTransformer(kinds).description(""))
      ->type_name("{auto,bar,json,none}");
  command.add_flag("--quiet", options.quiet, "print nothing but errors");
}

void add_division_options(CLI::App& command, Options& options) {
  command.add_option("--task", options.task, "i/n: do the i-th of n shares of the work, for `merge`");
  command
      .add_option("--batch-seconds", options.batch_seconds,
                  "how long finished work may wait before it is kept on disk beside the output, 10 if left out")
      ->check(CLI::Range(0.0, 1e6));
  command.add_flag("--remake-damaged", options.remake_damaged,
                   "do the work of batches again that are damaged, instead of naming them");
}

/// CLI11's own range checks let NaN pass.
std::string finite_threshold(const std::string& text) {
  double value = 0;
  const bool good = CLI::detail::lexical_cast(text, value) && std::isfinite(value) && value >= 0;
  return good ? "" : "a threshold is money per QALY, 20000 for example, and not " + text;
}

void add_decision_options(CLI::App& command, Options& options) {
  command.add_option("--thresholds", options.thresholds, "willingness to pay for a QALY, separated by commas")
      ->delimiter(',')
      ->check(finite_threshold);
  command.add_option("--reference", options.reference, "the strategy that the others are compared with one by one");
  command.add_flag("--json", options.json, "print the result as JSON, and nothing else");
}

/// The columns of a file of targets and the measures that it can name, below the help of a command.
std::string help_on_targets() {
  std::string text = "Columns of a file of targets (CSV)\n\n";
  for (const study::TargetColumn& column : study::target_columns())
    text += fmt::format("  {:<10}  {}{}\n", column.name, column.meaning, column.required ? "" : " (may be left out)");
  return text + "\n" + study::describe_measures();
}

void add_report_options(CLI::App& command, Options& options) {
  command.add_option("results", options.results, "results file (HDF5)")->required()->type_name(file_name);
  command.add_option("-o,--output", options.output, "page to write; beside the results file if left out")
      ->type_name(file_name);
  command.add_option("--thresholds", options.thresholds, "willingness to pay for a QALY, separated by commas")
      ->delimiter(',')
      ->check(finite_threshold);
  command.add_option("--reference", options.reference, "the strategy that the others are compared with one by one");
  add_overrides(command, options,
                "key=value for a price, utility, discount rate or key of the analysis: the run is priced again, "
                "not simulated again; repeatable");
  command.add_flag("--quiet", options.quiet, "print nothing but errors");
}

void add_validate_options(CLI::App& command, Options& options) {
  command.add_option("targets", options.targets, "observations (CSV); scenarios/ms/validation/targets.csv if left out")
      ->type_name(file_name);
  command.add_option("--to", options.to, "CSV file to write, one line a target")->type_name(file_name);
  command.add_flag("--json", options.json, "print the result as JSON, and nothing else");
  add_state_limit(command, options);
  command.footer(help_on_targets());
}

void add_calibrate_options(CLI::App& command, Options& options) {
  command.add_option("specification", options.specification, "what to fit to which targets (TOML)")
      ->required()
      ->type_name(file_name);
  command.add_option("--to", options.to, "folder to write report.json, fit.csv and draws.csv into")
      ->type_name(file_name);
  command.add_flag("--json", options.json, "print the result as JSON, and nothing else");
  add_state_limit(command, options);
  command.footer(study::describe_calibration_spec());
}

void add_export_options(CLI::App& command, Options& options) {
  command.add_option("results", options.results, "results file (HDF5)")->required();
  command.add_option("--to", options.to, "folder to write the files into; made if it is not there")->required();
  std::string text = "Files\n\n";
  for (const std::string& name : report::export_file_names()) text += "  " + name + "\n";
  command.footer(
      text +
      "\nColumns have the names that hesim and dampack give them; SAVI, BCEA, voi and dampack read the three\n"
      "psa_*.csv, which are read back and held against the run. Nothing is overwritten. The columns are\n"
      "explained in scripts/readers/README.md, beside readers for R and Python.");
}

void add_access_options(CLI::App& command, Options& options) {
  add_scenario(command, options);
  command.add_flag("--json", options.json, "print the result as JSON, and nothing else");
}

void add_patient_options(CLI::App& command, Options& options) {
  add_scenario(command, options);
  command.add_option("--age", options.age, "age in whole years")->required();
  command.add_option("--sex", options.sex, "sex of the person")->required()->type_name("{female,male}");
  command.add_option("--edss", options.edss, "EDSS from 0 to 9.5 in halves; a half counts as the level below")
      ->required();
  command.add_option("--duration", options.duration, "years since the first symptom");
  command.add_option("--jcv", options.jcv, "antibodies against JC virus")->type_name("{positive,negative}");
  command.add_option("--strategies", options.strategies, "only these strategies, separated by commas")->delimiter(',');
  add_override(command, options, "--patients", "analysis.patients",
               "number of simulated lives of the person, 20000 if left out");
  add_override(command, options, "--seed", "analysis.seed", "seed of the random numbers");
  command.add_flag("--json", options.json, "print the result as JSON, and nothing else");
}

int report_bug(const std::exception& error) {
  print_error(fmt::format("internal error: {}", error.what()));
  print_error("please report this with the command and the scenario");
  return exit_bug;
}

int print_page(const std::string& text) {
  fmt::print("{}", text);
  return exit_good;
}

int guarded(const std::function<int(const Options&)>& command, const Options& options) {
  try {
    const int code = command(options);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw IoError("standard output cannot be written, so the answer is lost -- free space, or send it elsewhere");
    }
    return code;
  } catch (const IoError& error) {
    print_error(error.what());
    return exit_world;
  } catch (const std::system_error& error) {
    print_error(fmt::format("writing to standard output or a file failed ({}) -- free space, or send it elsewhere",
                            error.what()));
    return exit_world;
  } catch (const ContractViolation& error) {
    return report_bug(error);
  } catch (const std::bad_alloc&) {
    print_error("out of memory -- use fewer strategies at once, or a machine with more");
    return exit_world;
  } catch (const std::exception& error) {
    return report_bug(error);
  }
}

using Chosen = std::function<int(const Options&)>;

void add_describe(CLI::App& app, Options& options, Chosen& chosen) {
  CLI::App* command = app.add_subcommand(
      "describe", "document scenario keys, the results file, a model, or this program for man and the shell");
  command->add_option("topic", options.topic, "what to document")
      ->required()
      ->check(CLI::IsMember({"scenario", "results", "model", "man", "completion"}));
  std::vector<std::string> model_names;
  for (const Model* model : models()) model_names.push_back(model->name());
  command->add_option("model", options.model, "name of the model, e.g. ms")
      ->type_name(fmt::format("{{{}}}", fmt::join(model_names, ",")));
  command->add_option("--scenario", options.scenario, "also list attributes, steps and tables of its programs")
      ->type_name(file_name);
  command->callback([&app, &options, &chosen] {
    const bool page = options.topic == "man" || options.topic == "completion";
    chosen = describe;
    if (page)
      chosen = [&app](const Options& of) {
        return print_page(of.topic == "man" ? man_page(app) : completion_script(app));
      };
  });
}

void add_commands(CLI::App& app, Options& options, Chosen& chosen) {
  const auto add_command = [&](const char* name, const char* help, int (*command)(const Options&)) {
    CLI::App* added = app.add_subcommand(name, help);
    added->callback([&chosen, command] { chosen = command; });
    return added;
  };
  CLI::App* check_command = add_command("check", "report every problem of a scenario at once", check);
  add_scenario_options(*check_command, options);
  check_command->add_flag("--inputs", options.inputs,
                          "list every number of evidence by name, with its value, unit, distribution and grade");

  CLI::App* run_command = add_command("run", "simulate a scenario and print the summary", run);
  add_scenario_options(*run_command, options);
  run_command->add_option("-o,--output", options.output, "results file to write (HDF5)")->type_name(file_name);
  add_execution_options(*run_command, options);
  add_division_options(*run_command, options);
  add_decision_options(*run_command, options);

  CLI::App* merge_command = add_command("merge", "join the parts of a run's tasks", merge);
  merge_command->add_option("parts", options.parts, "what `run --task` wrote, one file a task")
      ->required()
      ->type_name(file_name);
  merge_command->add_option("-o,--output", options.output, "results file to write (HDF5)")
      ->required()
      ->type_name(file_name);
  add_execution_options(*merge_command, options);
  add_decision_options(*merge_command, options);

  CLI::App* analyse_command = add_command("analyse", "decision analysis of a finished run", analyse);
  analyse_command->add_option("results", options.results, "results file (HDF5)")->required()->type_name(file_name);
  add_decision_options(*analyse_command, options);
  add_overrides(*analyse_command, options,
                "key=value for a price, utility, discount rate or key of the analysis: the run is priced again, "
                "not simulated again; repeatable");
  analyse_command->add_flag("--all-conventions", options.all_conventions,
                            "the results under every timing convention, side by side");

  add_report_options(
      *add_command("report", "one page (HTML) with the answer, tables, pictures and evidence of a finished run",
                   report),
      options);
  add_export_options(*add_command("export", "CSV files for other tools", export_run), options);

  CLI::App* digest_command = add_command("digest", "print the SHA-256 over every result", digest);
  digest_command->add_option("results", options.results, "results file (HDF5)")->required()->type_name(file_name);
  digest_command->add_flag("--by-strategy", options.by_strategy,
                           "one line a strategy; independent of which others were run");

  add_describe(app, options, chosen);
  add_validate_options(*add_command("validate", "predictions against observations", validate), options);
  add_calibrate_options(*add_command("calibrate", "fit parameters to observations", calibrate), options);
  add_access_options(*add_command("access", "waits and losses where transplants are few, by region", access), options);
  add_patient_options(*add_command("patient", "the outlook of one person under each strategy", patient), options);
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  std::set_terminate(end_on_our_bug);
  Options options;
  Chosen chosen;
  CLI::App app{"Health-economic simulation of multiple sclerosis under stem-cell transplantation and drugs.", "myelin"};
  const BuildInfo build = build_info();
  app.set_version_flag("--version", fmt::format("myelin {} ({}, {})", build.version, build.commit, build.compiler));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  myelin check scenarios/ms/base_case_uk.toml\n"
      "  myelin run scenarios/ms/base_case_uk.toml -o base_case.h5\n"
      "  myelin run scenarios/ms/base_case_uk.toml --engine cohort --set therapies.ahsct.procedure.cost=32900\n"
      "  myelin analyse base_case.h5 --thresholds 25000,35000 --reference ocrelizumab");

  add_commands(app, options, chosen);
  add_examples(app);
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' && std::ranges::find(names, argv[1]) == names.end()) {
    const auto nearest = nearest_name(argv[1], names);
    print_error(fmt::format("there is no command '{}' -- {}", argv[1],
                            nearest ? "did you mean '" + *nearest + "'?"
                                    : fmt::format("choose one of {}, or see myelin --help", fmt::join(names, ", "))));
    return exit_user;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    print_error(std::string(error.what()) + " -- see --help of the command");
    return exit_user;
  }
  return guarded(chosen, options);
}

}  // namespace myelin::cli
