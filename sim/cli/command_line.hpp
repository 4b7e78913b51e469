#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace myelin::cli {

/// How progress is shown on standard error.
enum class ProgressKind { automatic, bar, json, none };

/// What a command was asked for; each command reads what concerns it.
struct Options {
  std::string scenario;
  std::string results;                 ///< results file to read
  std::string output;                  ///< results file to write; empty for none
  std::vector<std::string> overrides;  ///< --set key=value, and the options that are short for one
  std::vector<std::string> strategies;
  std::vector<double> thresholds;  ///< currency per QALY; empty for those of the run
  std::string reference;           ///< strategy that the others are compared with; empty for the first
  std::string topic, model;        ///< of describe
  std::string targets;             ///< observations to predict; empty for the project's own
  std::string specification;       ///< of a calibration
  std::vector<std::string> parts;  ///< of a run, to merge
  std::string task;                ///< i/n, of the work of a run; empty for all
  double batch_seconds = 10;       ///< of work that are kept at once while a run goes on
  bool remake_damaged = false;     ///< do the work of damaged batches again
  std::string to;                  ///< file or folder to write for other tools; empty for none
  int threads = 0;                 ///< 0: one a processor
  std::string instruction_set;     ///< empty: the fastest
  std::uint64_t state_limit = 2'000'000;
  ProgressKind progress = ProgressKind::automatic;
  bool json = false, quiet = false, by_strategy = false, all_conventions = false, inputs = false;
  std::string age, sex, edss, duration, jcv;  ///< what is said of one person; empty where nothing is
};

/// Runs the command that the arguments name and returns the exit code: 0 good, 2 the user's input, 3 the outside world,
/// 4 our bug, 130 interrupted.
int run_command_line(int argc, const char* const* argv);

// The commands.
int check(const Options& options);
int run(const Options& options);
int merge(const Options& options);
int analyse(const Options& options);
int report(const Options& options);
int export_run(const Options& options);
int digest(const Options& options);
int describe(const Options& options);
int validate(const Options& options);
int calibrate(const Options& options);
int access(const Options& options);
int patient(const Options& options);

inline constexpr int exit_good = 0, exit_user = 2, exit_world = 3, exit_bug = 4, exit_interrupted = 130;

}  // namespace myelin::cli
