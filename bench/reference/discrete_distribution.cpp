#include <random>

#include "bench/reference/edss11_totals.hpp"

namespace myelin::reference {

Edss11Totals live_by_discrete_distribution(std::uint64_t patients, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::array<std::discrete_distribution<int>, edss11::states> next;
  for (std::size_t s = 0; s < edss11::states; ++s) {
    next[s] = std::discrete_distribution<int>(edss11::transition[s].begin(), edss11::transition[s].end());
  }
  return live_edss11(patients, [&](std::size_t s) { return static_cast<std::size_t>(next[s](generator)); });
}

}  // namespace myelin::reference
