#pragma once

#include "bench/answer.hpp"
#include "bench/base_case.hpp"

/// \file
/// One function a source file: each registers its benchmarks, which use `checks` and `base_case` while they run.

namespace myelin::bench {

void register_compilation(AnswerChecks& checks, BaseCase& base_case);
void register_cohort(AnswerChecks& checks, BaseCase& base_case);
void register_kernels(AnswerChecks& checks);
void register_microsimulation(AnswerChecks& checks, BaseCase& base_case);
void register_precision(AnswerChecks& checks, BaseCase& base_case);
void register_random(AnswerChecks& checks);
void register_stages(AnswerChecks& checks, BaseCase& base_case);
void register_reference(AnswerChecks& checks, BaseCase& base_case);

}  // namespace myelin::bench
