#include "core/sha256.hpp"
#include "program/program.hpp"

namespace myelin {

namespace {

void add_reads(Sha256& digest, const std::vector<Read>& reads) {
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
  digest.add_values(std::span<const double>(accrual.amounts));
}

void add_action(Sha256& digest, const Tally& tally) {
  digest.add("tally");
  add_reads(digest, tally.reads);
}

void add_steps(Sha256& digest, const std::vector<Step>& steps) {
  digest.add(std::to_string(steps.size()));
  for (const Step& step : steps) {
    digest.add(step.name);
    if (step.guard) digest.add(std::to_string(step.guard->attribute.value)).add(std::to_string(step.guard->level));
    std::visit([&](const auto& action) { add_action(digest, action); }, step.action);
  }
}

void add_weights(Sha256& digest, const Weights& weights) {
  digest.add_values(std::span<const double>(&weights.start, 1));
  digest.add_values(std::span<const double>(weights.point));
  digest.add_values(std::span<const double>(weights.event));
}

}  // namespace

std::string table_digest(const Program& program) {
  Sha256 digest;
  digest.add(std::to_string(program.cycles));
  for (const Attribute& attribute : program.attributes) {
    digest.add(attribute.name)
        .add(std::to_string(static_cast<int>(attribute.kind)))
        .add(std::to_string(attribute.initial));
    for (const std::string& level : attribute.levels) digest.add(level);
    digest.add_values(std::span<const int>(attribute.clock_offset));
  }
  for (const Outcome& outcome : program.outcomes) {
    digest.add(outcome.name).add(outcome.unit);
    add_weights(digest, outcome.weights);
    add_weights(digest, outcome.undiscounted);
    for (const OutcomeIndex part : outcome.parts) digest.add(std::to_string(part.value));
  }
  add_steps(digest, program.start);
  add_steps(digest, program.point);
  add_steps(digest, program.cycle);
  digest.add(std::to_string(program.death_attribute.value)).add(std::to_string(program.first_dead_level));
  return digest.hex();
}

}  // namespace myelin
