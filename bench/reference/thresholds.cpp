#include <random>

#include "bench/reference/edss11_totals.hpp"

namespace myelin::reference {

Edss11Totals live_by_thresholds(std::uint64_t patients, std::uint64_t seed) {
  std::mt19937 generator(static_cast<std::mt19937::result_type>(seed));
  std::array<std::array<std::uint32_t, edss11::dead>, edss11::states> threshold{};
  for (std::size_t s = 0; s < edss11::states; ++s) {
    double cumulative = 0;
    for (std::size_t to = 0; to < edss11::dead; ++to) {
      cumulative += edss11::transition[s][to];
      threshold[s][to] = static_cast<std::uint32_t>(std::ldexp(cumulative, 32));
    }
  }
  return live_edss11(patients, [&](std::size_t s) {
    const auto u = static_cast<std::uint32_t>(generator());
    std::size_t to = 0;
    while (to < edss11::dead && u >= threshold[s][to]) ++to;
    return to;
  });
}

}  // namespace myelin::reference
