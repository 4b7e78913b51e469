#include "models/ms/schema_rows.hpp"

namespace myelin::ms {

void add_access(Schema& rows) {
  rows.push_back(words("access.strategy",
                       "the strategy of those who are referred, which begins with a procedure; absent: the only one"));
  rows.push_back(words("access.without",
                       "the strategy of the referred where there is no capacity; absent: the therapies after the "
                       "procedure"));
  const std::string path = "access.regions.*.";
  rows.push_back(words(path + "label", "name of a region that refers patients to transplantation", {}, {}, true));
  rows.push_back(evidence(path + "capacity", "transplants per year", 0, 1e6, "transplants that can be done in a year"));
  rows.push_back(evidence(path + "referrals", "per year", 1e-3, 1e6, "patients referred in a year"));
  rows.push_back(evidence(path + "minimum_wait", "years", 0, 50,
                          "mean time from referral to transplantation where capacity is ample"));
}

}  // namespace myelin::ms
