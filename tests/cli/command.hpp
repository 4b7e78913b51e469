#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// \file
/// The executable, called as a shell or a batch system calls it.

namespace myelin::cli::test {

inline const std::string base_case = MYELIN_SOURCE_DIR "/scenarios/ms/base_case_uk.toml";

/// How a command ended and what it said.
struct Finished {
  int code = 0;  ///< its exit code; minus the number of the signal that killed it, so that 130 is its own doing
  std::string out, err;
};

/// What a command has as standard error.
enum class ErrorStream { pipe, terminal };

/// A command while it runs; killed at the end of its scope if it has not ended.
class Command {
 public:
  explicit Command(std::vector<std::string> words, ErrorStream error_stream = ErrorStream::pipe) {
    std::array<int, 2> out{}, err{};
    const bool opened = ::pipe(out.data()) == 0 && (error_stream == ErrorStream::pipe
                                                        ? ::pipe(err.data())
                                                        : ::openpty(&err[0], &err[1], nullptr, nullptr, nullptr)) == 0;
    if (!opened) throw std::runtime_error("no pipe or terminal for a command");
    start(words, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    streams_ = {{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
  }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command() {
    for (const pollfd& stream : streams_) {
      if (stream.fd >= 0) ::close(stream.fd);
    }
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  /// Returns once the command has said something on standard error, or has ended.
  void wait_for_error_text() {
    while (text_[1].empty() && read_some()) {
    }
  }

  void send(int signal) const { ::kill(process_, signal); }

  Finished finish() {
    while (read_some()) {
    }
    int status = 0;
    ::waitpid(std::exchange(process_, 0), &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), text_[0], text_[1]};
  }

 private:
  void start(std::vector<std::string>& words, int out, int err) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // What runs the tests may ignore signals, and commands would inherit that.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) sigaddset(&signals, signal);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int error = ::posix_spawnp(&process_, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + words.front());
  }

  /// False once both streams have ended.
  bool read_some() {
    if (streams_[0].fd < 0 && streams_[1].fd < 0) return false;
    ::poll(streams_.data(), streams_.size(), -1);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (streams_[i].fd < 0 || streams_[i].revents == 0) continue;
      std::array<char, 4096> block{};
      const ssize_t count = ::read(streams_[i].fd, block.data(), block.size());
      if (count > 0) {
        text_[i].append(block.data(), static_cast<std::size_t>(count));
      } else {
        ::close(std::exchange(streams_[i].fd, -1));
      }
    }
    return true;
  }

  pid_t process_ = 0;
  std::array<pollfd, 2> streams_{};  ///< standard output and standard error
  std::array<std::string, 2> text_;
};

inline std::vector<std::string> with_program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), MYELIN_BINARY);
  return arguments;
}

inline Finished run_myelin(const std::vector<std::string>& arguments, ErrorStream error_stream = ErrorStream::pipe) {
  return Command(with_program(arguments), error_stream).finish();
}

/// Runs the program from a line of shell, in which "$@" stands for the program and its arguments.
inline Finished run_in_shell(const std::string& line, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = with_program(arguments);
  words.insert(words.begin(), {"sh", "-c", line, "sh"});
  return Command(words).finish();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace myelin::cli::test
