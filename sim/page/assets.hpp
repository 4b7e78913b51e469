#pragma once

#include <string_view>

/// \file
/// The style and scripts that every page carries with it, from sim/page/assets.

namespace myelin::page::assets {

extern const std::string_view frame;   ///< HTML, with the names of its parts in braces
extern const std::string_view style;   ///< CSS
extern const std::string_view script;  ///< draws the figures and moves what depends on the threshold
extern const std::string_view charts;  ///< Vega-Lite; made by scripts/charts/build.mjs

}  // namespace myelin::page::assets
