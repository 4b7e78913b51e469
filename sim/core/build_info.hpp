#pragma once

#include <string_view>

namespace myelin {

/// What this executable was built from and with.
struct BuildInfo {
  std::string_view version;
  std::string_view commit;  ///< `unknown` outside a git checkout
  std::string_view compiler;
  std::string_view source_folder;  ///< where the sources stood; they may be gone
};

BuildInfo build_info();

}  // namespace myelin
