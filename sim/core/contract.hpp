#pragma once

#include <stdexcept>
#include <string>

/// \file
/// Contracts: conditions that only a bug of ours can break. A user's mistake is a `Diagnostic`, never a contract.

namespace myelin {

/// A broken contract. Caught only in `main`, which reports it as our bug (exit code 4).
class ContractViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_contract(const char* condition, const char* file, int line) {
  throw ContractViolation(std::string(file) + ":" + std::to_string(line) + ": broken contract: " + condition);
}

}  // namespace myelin

#ifdef MYELIN_CONTRACTS
#define MYELIN_EXPECT(condition) ((condition) ? void(0) : ::myelin::fail_contract(#condition, __FILE__, __LINE__))
#else
#define MYELIN_EXPECT(condition) void(sizeof(bool(condition)))
#endif
#define MYELIN_ENSURE(condition) MYELIN_EXPECT(condition)
