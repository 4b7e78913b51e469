#include "core/sha256.hpp"
#include "program/program.hpp"

namespace myelin {

namespace {

/// The length before a list's values, so that neighbouring lists cannot run into each other.
void add_size(Sha256& digest, std::size_t size) {
  const std::uint64_t length = size;
  digest.add_values(std::span<const std::uint64_t>(&length, 1));
}

void add_reads(Sha256& digest, const std::vector<Read>& reads) {
  add_size(digest, reads.size());
  for (const Read& read : reads) {
    const std::int64_t numbers[] = {static_cast<std::int64_t>(read.attribute.value), read.stride};
    digest.add_values(std::span<const std::int64_t>(numbers));
  }
}

void add_action(Sha256& digest, const Draw& draw) {
  digest.add("draw");
  add_reads(digest, draw.reads);
  const std::uint64_t numbers[] = {draw.stream.value, draw.rows, draw.outcomes, draw.writes.size()};
  digest.add_values(std::span<const std::uint64_t>(numbers));
  for (const AttributeIndex write : draw.writes) digest.add(std::to_string(write.value));
  digest.add_values(std::span<const std::uint32_t>(draw.cumulative));
  digest.add_values(std::span<const std::uint16_t>(draw.levels));
}

void add_action(Sha256& digest, const Accrual& accrual) {
  digest.add("accrue").add(std::to_string(accrual.outcome.value));
  add_reads(digest, accrual.reads);
  add_size(digest, accrual.amounts.size());
  digest.add_values(std::span<const double>(accrual.amounts));
}

void add_action(Sha256& digest, const Tally& tally) {
  digest.add("tally");
  add_reads(digest, tally.reads);
}

void add_steps(Sha256& digest, const std::vector<Step>& steps) {
  digest.add(std::to_string(steps.size()));
  for (const Step& step : steps) {
    digest.add(step.name).add(step.guard ? "guarded" : "for all");
    if (step.guard) digest.add(std::to_string(step.guard->attribute.value)).add(std::to_string(step.guard->level));
    std::visit([&](const auto& action) { add_action(digest, action); }, step.action);
  }
}

void add_weights(Sha256& digest, const Weights& weights) {
  digest.add_values(std::span<const double>(&weights.start, 1));
  add_size(digest, weights.point.size());
  digest.add_values(std::span<const double>(weights.point));
  digest.add_values(std::span<const double>(weights.event));
}

}  // namespace

std::string table_digest(const Program& program) {
  Sha256 digest;
  digest.add(std::to_string(program.cycles));
  add_size(digest, program.attributes.size());
  for (const Attribute& attribute : program.attributes) {
    digest.add(attribute.name)
        .add(std::to_string(static_cast<int>(attribute.kind)))
        .add(std::to_string(attribute.initial));
    add_size(digest, attribute.levels.size());
    for (const std::string& level : attribute.levels) digest.add(level);
    add_size(digest, attribute.clock_offset.size());
    digest.add_values(std::span<const int>(attribute.clock_offset));
  }
  add_size(digest, program.outcomes.size());
  for (const Outcome& outcome : program.outcomes) {
    digest.add(outcome.name).add(outcome.unit).add(outcome.discounted() ? "discounted" : "not discounted");
    add_weights(digest, outcome.weights);
    add_weights(digest, outcome.undiscounted);
    add_size(digest, outcome.parts.size());
    for (const OutcomeIndex part : outcome.parts) digest.add(std::to_string(part.value));
  }
  add_steps(digest, program.start);
  add_steps(digest, program.point);
  add_steps(digest, program.cycle);
  digest.add(std::to_string(program.death_attribute.value)).add(std::to_string(program.first_dead_level));
  return digest.hex();
}

}  // namespace myelin
