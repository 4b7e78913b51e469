#pragma once

#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

namespace myelin::test {

/// A disk in memory mounted on a folder, where the system permits it.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, unsigned long flags, std::size_t bytes) : folder_(std::move(folder)) {
    const std::string size = "size=" + std::to_string(bytes);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", flags, size.c_str()) == 0;
    if (!mounted_) WARN("a small disk cannot be mounted here: not checked");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount(folder_.c_str());
  }
  bool is_mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace myelin::test
