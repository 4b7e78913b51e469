#pragma once

#include <string_view>

namespace myelin {

/// What this executable was built from and with; stored in every results file.
struct BuildInfo {
  std::string_view version;
  std::string_view commit;  ///< `unknown` outside a git checkout
  std::string_view compiler;
};

BuildInfo build_info();

}  // namespace myelin
