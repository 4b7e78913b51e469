#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace myelin::cli {

namespace {

constexpr int bar_width = 30;
constexpr double bar_interval_seconds = 0.2, line_interval_seconds = 5;

}  // namespace

ProgressReporter::ProgressReporter(const Options& options) : kind_(options.progress) {
  if (kind_ == ProgressKind::automatic) kind_ = isatty(STDERR_FILENO) != 0 ? ProgressKind::bar : ProgressKind::none;
  if (options.quiet) kind_ = ProgressKind::none;
}

void ProgressReporter::show(const study::Progress& state) {
  if (kind_ == ProgressKind::none) return;
  const bool last = state.patients_done == state.patients;
  if (state.elapsed_seconds < next_seconds_ && !last) return;
  next_seconds_ =
      last ? 0 : state.elapsed_seconds + (kind_ == ProgressKind::bar ? bar_interval_seconds : line_interval_seconds);
  const double share = static_cast<double>(state.patients_done) / static_cast<double>(state.patients);
  const double rate = state.elapsed_seconds > 0 ? static_cast<double>(state.patient_cycles) / state.elapsed_seconds : 0;
  const double left = share > 0 ? state.elapsed_seconds / share - state.elapsed_seconds : 0;
  if (kind_ == ProgressKind::bar) {
    const int filled = static_cast<int>(share * bar_width);
    const std::string precision = state.precision ? fmt::format(" error {:.3g}, asked {:.3g} ",
                                                                state.precision->standard_error, state.precision->asked)
                                                  : "";
    fmt::print(stderr, "\r{:<12.12} [{}{}] {:3.0f} %  {:.1f} M patient-cycles/s  {:.0f} s left {}", state.analysis,
               std::string(static_cast<std::size_t>(filled), '#'),
               std::string(static_cast<std::size_t>(bar_width - filled), '.'), share * 100, rate / 1e6, left,
               precision);
    drawn_ = true;
  } else {
    nlohmann::ordered_json line = {
        {"analysis", state.analysis},        {"patients_done", state.patients_done},     {"patients", state.patients},
        {"patient_cycles_per_second", rate}, {"elapsed_seconds", state.elapsed_seconds}, {"seconds_left", left}};
    if (state.precision) {
      line["standard_error"] = state.precision->standard_error;
      line["standard_error_asked"] = state.precision->asked;
    }
    fmt::print(stderr, "{}\n", line.dump());
  }
  std::fflush(stderr);
}

void ProgressReporter::end() {
  if (drawn_) fmt::print(stderr, "\r{:120}\r", "");
  drawn_ = false;
}

}  // namespace myelin::cli
