#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"

namespace myelin::ms {

/// Collects what is wrong with a set of parameters, some of which may have mistakes of their own.
class ParameterCheck {
 public:
  explicit ParameterCheck(const ParameterSet& parameters) : parameters_(parameters) {}

  Diagnostics found() { return std::move(found_); }

 protected:
  /// Whether all keys are there without mistakes of their own.
  bool sound(std::initializer_list<std::string> keys) const {
    return std::ranges::all_of(keys, [&](const std::string& key) { return parameters_.is_sound(key); });
  }
  void refuse(const std::string& key, std::string problem, std::string remedy) {
    found_.push_back({parameters_.entry(key).place, std::move(problem), std::move(remedy)});
  }
  void take(Diagnostics diagnostics) {
    for (Diagnostic& diagnostic : diagnostics) found_.push_back(std::move(diagnostic));
  }
  /// Whether `group` has a member `name`; refuses the key that names it if not.
  bool named(const std::string& key, const std::string& group, const std::string& name, const char* what);

  const ParameterSet& parameters_;

 private:
  Diagnostics found_;
};

/// Mistakes in strategies and therapies that no single key shows.
Diagnostics check_treatment(const ParameterSet& parameters);

/// Mistakes in regions and the strategies that they name.
Diagnostics check_access(const ParameterSet& parameters);

}  // namespace myelin::ms
