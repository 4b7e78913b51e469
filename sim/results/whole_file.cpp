#include "results/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/sha256.hpp"

namespace myelin::results {

namespace {

constexpr std::string_view checksum_lead = "\nmyelin file sha256 ";
constexpr std::size_t checksum_bytes = checksum_lead.size() + 64 + 1;

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

std::string reason_and_remedy(int error, const std::filesystem::path& path) {
  const std::string folder = "'" + folder_of(path).string() + "'";
  std::error_code ignored;
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "the disk is full or your quota is used up -- free some space or choose another folder";
    case EFBIG:
      return "the file exceeds the largest size allowed -- raise the limit (ulimit -f) or choose another disk";
    case EROFS:
      return "the folder " + folder + " is on a read-only disk -- choose another folder";
    case EACCES:
    case EPERM:
      return "writing in the folder " + folder + " is not permitted -- choose another folder or change its permissions";
    case ENOTDIR:
      return folder + " is not a folder -- choose a folder that exists";
    case EISDIR:
      return "it is a folder -- give the name of a file";
    case ENAMETOOLONG:
      return "the name is too long -- choose a shorter one";
    case ENOENT:
      if (!std::filesystem::exists(folder_of(path), ignored)) {
        return "the folder " + folder + " does not exist -- create it or choose another";
      }
      return "the folder " + folder + " does not take files -- choose another folder";
    default:
      return std::string(std::strerror(error)) + " -- check the disk and try again, or choose another folder";
  }
}

[[noreturn]] void fail_writing(int error, const std::filesystem::path& path) {
  throw IoError("cannot write '" + path.string() + "': " + reason_and_remedy(error, path));
}

class FileDescriptor {
 public:
  FileDescriptor(const std::filesystem::path& path, int flags) : id_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (id_ >= 0) ::close(id_);
  }

  int id() const { return id_; }

  /// Network file systems report a full disk only here.
  int close() { return ::close(std::exchange(id_, -1)); }

 private:
  int id_;
};

/// 0, or the error number.
int write_all(int file, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

/// 0, or the error number; creates `path`.
int write_and_sync(const std::filesystem::path& path, std::span<const std::byte> content, std::string_view ending) {
  FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.id() < 0) return errno;
  if (const int error = write_all(file.id(), content); error != 0) return error;
  if (const int error = write_all(file.id(), std::as_bytes(std::span(ending))); error != 0) return error;
  if (::fsync(file.id()) != 0) return errno;
  return file.close() != 0 ? errno : 0;
}

/// 0, or the error number. Makes the new name of a file survive a power cut.
int sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor.id() < 0) return errno;
  // Some file systems cannot sync a folder and say so by EINVAL.
  return ::fsync(descriptor.id()) != 0 && errno != EINVAL ? errno : 0;
}

std::string checksum_line(const std::string& sha256) { return std::string(checksum_lead) + sha256 + "\n"; }

}  // namespace

namespace {

void write_with_ending(const std::filesystem::path& path, std::span<const std::byte> content, std::string_view ending) {
  const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
  int error = write_and_sync(temporary, content, ending);
  if (error == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    fail_writing(error, path);
  }
  if (error = sync_folder(folder_of(path)); error != 0) fail_writing(error, path);
}

}  // namespace

void write_whole_file(const std::filesystem::path& path, std::span<const std::byte> content) {
  write_with_ending(path, content, checksum_line(Sha256().add(content).hex()));
}

void write_whole_text(const std::filesystem::path& path, std::string_view text) {
  write_with_ending(path, std::as_bytes(std::span(text)), "");
}

Checksum verify_checksum(const std::filesystem::path& path) {
  const auto unreadable = [] {
    return IoError("it cannot be read: " + std::string(std::strerror(errno)) +
                   " -- check its permissions and the disk");
  };
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw unreadable();
  const auto size = static_cast<std::size_t>(file.tellg());
  if (size < checksum_bytes) return Checksum::absent;

  file.seekg(0);
  Sha256 sha256;
  std::vector<char> block(1 << 20);
  for (std::size_t left = size - checksum_bytes; left > 0;) {
    const std::size_t count = std::min(left, block.size());
    if (!file.read(block.data(), static_cast<std::streamsize>(count))) throw unreadable();
    sha256.add(std::as_bytes(std::span(block.data(), count)));
    left -= count;
  }
  std::string ending(checksum_bytes, ' ');
  if (!file.read(ending.data(), static_cast<std::streamsize>(ending.size()))) throw unreadable();
  if (!ending.starts_with(checksum_lead)) return Checksum::absent;
  return ending == checksum_line(sha256.hex()) ? Checksum::good : Checksum::bad;
}

}  // namespace myelin::results
