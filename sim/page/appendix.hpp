#pragma once

#include <string>
#include <vector>

#include "page/figure.hpp"
#include "program/model.hpp"
#include "report/document.hpp"

/// \file
/// What a reviewer checks: inputs with their evidence, assumptions, the reporting checklist, and how to run it again.

namespace myelin::page {

/// How many inputs have which grade of evidence, and every input with value, range, distribution, source and grade.
report::Document evidence_summary(const results::RunResults& run);
report::Document input_table(const results::RunResults& run);
/// The sources that the inputs used name.
report::Document source_table(const results::RunResults& run, const scenario::Scenario& scenario);
/// The results that lean on sources that were not read: of each strategy, which therapies' inputs were recalled or
/// assumed.
report::Document unread_inputs(const results::RunResults& run);
/// Conventions and settings, what the model remarks on, and what it derives.
report::Document assumptions(const results::RunResults& run, const std::vector<std::string>& remarks,
                             const std::vector<DescriptiveTable>& implications);
/// The items of CHEERS 2022 (Husereau et al. 2022, Value Health 25, 3), filled from the run or marked as the author's.
report::Document checklist(const PageMaterial& page);
/// Command, seed, version and digests.
report::Document reproduction(const results::RunResults& run, const std::string& digest);

}  // namespace myelin::page
