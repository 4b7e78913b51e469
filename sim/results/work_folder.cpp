#include "results/work_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace myelin::results {

namespace {

constexpr std::string_view batch_lead = "batch-", batch_end = ".h5";

bool is_batch(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(batch_lead) && name.ends_with(batch_end);
}

[[noreturn]] void fail(const std::filesystem::path& folder, const std::string& reason) {
  throw IoError(fmt::format("cannot keep unfinished work in '{}': {} -- free space or choose another output with -o",
                            folder.string(), reason));
}

}  // namespace

std::vector<study::UnitName> UnitsIndex::add(UnitsFile file) {
  std::vector<study::UnitName> known;
  for (std::size_t unit = 0; unit < file.units().size(); ++unit) {
    if (!places_.emplace(file.units()[unit], std::pair(files_.size(), unit)).second)
      known.push_back(file.units()[unit]);
  }
  files_.push_back(std::move(file));
  return known;
}

std::optional<study::UnitValues> UnitsIndex::find(const study::UnitName& unit) const {
  const auto place = places_.find(unit);
  if (place == places_.end()) return std::nullopt;
  return files_[place->second.first].read(place->second.second);
}

WorkFolder::WorkFolder(const std::filesystem::path& output, RunIdentity identity, const Options& options)
    : folder_(output.string() + ".unfinished"), identity_(std::move(identity)), options_(options) {}

WorkFolder::~WorkFolder() {
  if (lock_ < 0) return;
  ::unlink(lock_file().c_str());
  ::close(lock_);
}

Result<std::unique_ptr<WorkFolder>> WorkFolder::open(const std::filesystem::path& output, RunIdentity identity,
                                                     const Options& options) {
  std::unique_ptr<WorkFolder> folder(new WorkFolder(output, std::move(identity), options));
  Diagnostics problems;
  if (options.lock) problems = folder->lock();
  if (problems.empty()) problems = folder->read_batches();
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return folder;
}

Diagnostics WorkFolder::lock() {
  const std::string file = lock_file();
  while (true) {
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0) fail(folder_, std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      ::close(std::exchange(lock_, -1));
      if (error != EWOULDBLOCK) fail(folder_, std::strerror(error));
      return {{{file, 0, 0},
               "another run is at work on this output",
               "wait until it ends, or choose another output with -o"}};
    }
    // A run that has just ended may have removed the file between our opening and locking it.
    struct stat ours {
    }, there{};
    if (::fstat(lock_, &ours) == 0 && ::stat(file.c_str(), &there) == 0 && ours.st_ino == there.st_ino) return {};
    ::close(lock_);
  }
}

Diagnostics WorkFolder::read_batches() {
  std::error_code none;
  std::vector<std::filesystem::path> batches;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, none)) {
    if (is_batch(entry.path())) batches.push_back(entry.path());
  }
  std::ranges::sort(batches);
  bool another_run = false;
  Diagnostics problems;
  for (const std::filesystem::path& batch : batches) {
    try {
      UnitsFile file(batch);
      const std::string different = difference(identity_, file.header().identity);
      if (different.empty()) {
        index_.add(std::move(file));
      } else if (!std::exchange(another_run, true)) {
        problems.push_back({{folder_.string(), 0, 0},
                            fmt::format("unfinished work of another run is kept here; it differs in {}", different),
                            "remove the folder, choose another output with -o, or run as before"});
      }
    } catch (const IoError& error) {
      if (options_.remake_damaged) {
        std::filesystem::remove(batch);
      } else {
        problems.push_back({{batch.string(), 0, 0},
                            fmt::format("a batch of finished work cannot be used ({})", error.what()),
                            "give --remake-damaged to do its work again"});
      }
    }
  }
  return problems;
}

Diagnostics WorkFolder::look_again() {
  index_ = {};
  return read_batches();
}

bool WorkFolder::has(const study::UnitName& unit) const { return waiting_.contains(unit) || index_.has(unit); }

std::optional<study::UnitValues> WorkFolder::find(const study::UnitName& unit) const {
  const auto waiting = waiting_.find(unit);
  return waiting != waiting_.end() ? std::optional(waiting->second) : index_.find(unit);
}

void WorkFolder::keep(const study::UnitName& unit, study::UnitValues values) {
  // Of fast draws so much can come together in the seconds of a batch that memory would grow.
  constexpr std::size_t most_numbers_waiting = std::size_t{1} << 20;
  numbers_waiting_ += values.reals.size() + values.integers.size();
  waiting_.insert_or_assign(unit, std::move(values));
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - last_batch_;
  if (since.count() >= options_.seconds_a_batch || numbers_waiting_ > most_numbers_waiting) flush();
}

void WorkFolder::flush() {
  if (waiting_.empty()) return;
  std::error_code problem;
  std::filesystem::create_directory(folder_, problem);
  if (problem) fail(folder_, problem.message());
  std::filesystem::path path;
  do {
    path = folder_ / fmt::format("{}{}{:06}{}", batch_lead, options_.writer, next_batch_++, batch_end);
  } while (std::filesystem::exists(path));
  write_units(path, {identity_, {}, {}}, {waiting_.begin(), waiting_.end()});
  waiting_.clear();
  numbers_waiting_ = 0;
  index_.add(UnitsFile(path, UnitsFile::Origin::this_process));
  last_batch_ = std::chrono::steady_clock::now();
}

std::vector<Unit> WorkFolder::all() const {
  std::vector<Unit> units(waiting_.begin(), waiting_.end());
  for (const auto& [name, place] : index_.places()) units.emplace_back(name, *index_.find(name));
  std::ranges::sort(units, {}, &Unit::first);
  return units;
}

void WorkFolder::remove() {
  std::error_code problem;
  std::filesystem::remove_all(folder_, problem);
  if (problem) fail(folder_, problem.message());
}

}  // namespace myelin::results
