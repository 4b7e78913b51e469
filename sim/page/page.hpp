#pragma once

#include <optional>
#include <string>
#include <vector>

#include "page/answer.hpp"
#include "program/model.hpp"
#include "report/document.hpp"
#include "report/section.hpp"

namespace myelin::page {

/// What a page is made from besides the run.
struct PageRequest {
  report::Material material;
  const Model& model;
  std::string digest;  ///< of the results, as `myelin digest` prints it
  WithoutUnread unread;
  std::vector<std::string> remarks;        ///< on what the page shows, in sentences
  std::optional<report::Document> access;  ///< waits and losses by region, where the scenario asks
};

/// One self-contained page of HTML: no script, style, picture or font is fetched. Mistakes in what the scenario asks
/// are diagnostics, as in `analyse`.
Result<std::string> page(const PageRequest& request);

}  // namespace myelin::page
