#pragma once

#include "cli/command_line.hpp"
#include "study/simulate.hpp"

namespace myelin::cli {

/// Shows on standard error how far a run has come: a bar on a terminal, one JSON object a line in a batch log.
class ProgressReporter {
 public:
  explicit ProgressReporter(const Options& options);
  void show(const study::Progress& state);
  /// Clears the bar.
  void end();

 private:
  ProgressKind kind_;
  double next_seconds_ = 0;
  bool drawn_ = false;
};

}  // namespace myelin::cli
