#pragma once

#include <rapidcheck.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>

/// \file
/// Properties of random cases. What fails is made smaller until nothing smaller fails.

namespace myelin::test {

/// What a property came to in `cases` cases, the same in every run; RC_PARAMS in the environment (its `seed`,
/// `max_success` and others) asks for others.
template <class Property>
rc::detail::TestResult check_property(int cases, Property&& property) {
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = cases;
  if (std::getenv("RC_PARAMS") != nullptr) params = rc::detail::configuration().testParams;
  return rc::detail::checkTestable(std::forward<Property>(property), rc::detail::TestMetadata{}, params);
}

inline bool holds(const rc::detail::TestResult& result) { return result.is<rc::detail::SuccessResult>(); }

/// The smallest case that fails, and how to see it again.
inline std::string in_words(const rc::detail::TestResult& result) {
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  return text.str();
}

}  // namespace myelin::test
