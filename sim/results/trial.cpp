#include "results/trial.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <string>

#include "core/diagnostic.hpp"

namespace myelin::results {

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// How the child tells what became of its reading.
enum Ending : int { good = 0, refused = 1, out_of_memory = 2, failed = 3 };

/// The address space that this process takes already; 0 where it cannot be told.
std::uint64_t address_space_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int what, std::uint64_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(what), &now) != 0) return;
  now.rlim_cur = now.rlim_max = std::min<rlim_t>(most, now.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(what), &now);
}

void set_limits(std::uintmax_t file_bytes) {
  // Values as they are handed over, once more while they are sorted, and the buffers of the library.
  constexpr std::uint64_t library_bytes = 32 * mebibyte;
  const std::uint64_t before = address_space_bytes();
  if (before > 0) limit(RLIMIT_AS, before + most_value_bytes(file_bytes) + library_bytes);
  // A good file takes some 10 ms a megabyte, or a hundred times that under tools that watch memory.
  limit(RLIMIT_CPU, 2 + file_bytes / mebibyte);
  limit(RLIMIT_CORE, 0);
}

void say(int pipe, const char* text) {
  for (std::size_t left = std::strlen(text); left > 0;) {
    const ssize_t written = ::write(pipe, text, left);
    if (written < 0 && errno != EINTR) return;
    if (written < 0) continue;
    text += written;
    left -= static_cast<std::size_t>(written);
  }
}

[[noreturn]] void be_the_child(int pipe, std::uintmax_t file_bytes, const std::function<void()>& read) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU}) std::signal(signal, SIG_DFL);
  // The library and glibc may complain on standard error before they give up; what to say of it is the parent's affair.
  ::close(STDERR_FILENO);
  set_limits(file_bytes);
  try {
    read();
    ::_exit(good);
  } catch (const IoError& error) {
    say(pipe, error.what());
    ::_exit(refused);
  } catch (const std::bad_alloc&) {
    ::_exit(out_of_memory);
  } catch (const std::exception& error) {
    say(pipe, error.what());
    ::_exit(failed);
  }
}

std::string all_of(int pipe) {
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    const ssize_t count = ::read(pipe, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::uint64_t most_value_bytes(std::uintmax_t file_bytes) {
  constexpr std::uint64_t floor = 64 * mebibyte, times_packed = 16;
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 4;
  return file_bytes > most / times_packed ? most : floor + times_packed * file_bytes;
}

void try_in_child(std::uintmax_t file_bytes, const std::function<void()>& read) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw IoError("no pipe can be opened: " + std::string(std::strerror(errno)));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    be_the_child(pipe[1], file_bytes, read);
  }
  const int fork_error = errno;
  ::close(pipe[1]);
  const std::string said = child > 0 ? all_of(pipe[0]) : "";
  ::close(pipe[0]);
  if (child < 0) throw IoError("no process can be started to read it in: " + std::string(std::strerror(fork_error)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == good) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == refused) throw IoError(said);
  if (WIFEXITED(status) && WEXITSTATUS(status) == out_of_memory)
    throw IoError("it asks for more memory than a file of its size can need: it is damaged or made to harm");
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
    throw IoError("reading it finds no end: it is damaged or made to harm");
  throw IoError("the HDF5 library fails on it" + (said.empty() ? "" : " (" + said + ")") +
                ": it is damaged or made to harm");
}

}  // namespace myelin::results
