#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "engine/kernels/instruction_set.hpp"
#include "random/stream.hpp"

using namespace myelin;
using namespace myelin::engine;

namespace {

constexpr std::uint32_t untouched = 0xffffffffu;  // no 31-bit number

struct Request {
  Seed seed;
  StreamId stream;
  NoiseIndex noise;
  std::uint64_t first_patient;
  std::uint32_t cycle_block;
  std::vector<std::int32_t> slots;
};

/// The loop works on whole registers of up to 16 numbers.
std::size_t whole(std::size_t count) { return (count + 15) / 16 * 16; }

std::vector<std::uint32_t> filled(const Request& request, InstructionSet set, int stride) {
  const RandomSource source{
      .first_patient_low = static_cast<std::uint32_t>(request.first_patient),
      .upper_and_cycle = static_cast<std::uint32_t>(request.first_patient >> 32) << 16 | request.cycle_block,
      .noise = request.noise.value,
      .stream = request.stream.value,
      .key = {request.seed.key()[0], request.seed.key()[1]}};
  std::vector<std::uint32_t> out(4 * static_cast<std::size_t>(stride), untouched);
  std::vector<std::int32_t> slots = request.slots;
  slots.resize(whole(slots.size()));
  kernels_of(set).fill_random(static_cast<int>(request.slots.size()), source, slots.data(), out.data(), stride);
  // What lies between the last number and a whole register may be anything.
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t i = request.slots.size(); i < slots.size(); ++i)
      out[k * static_cast<std::size_t>(stride) + i] = untouched;
  }
  return out;
}

std::vector<std::uint32_t> expected(const Request& request, int stride) {
  std::vector<std::uint32_t> out(4 * static_cast<std::size_t>(stride), untouched);
  for (std::uint32_t k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < request.slots.size(); ++i) {
      const PatientId patient{request.first_patient + static_cast<std::uint64_t>(request.slots[i])};
      out[k * static_cast<std::size_t>(stride) + i] =
          random_31_bits(request.seed, request.stream, 4 * request.cycle_block + k, patient, request.noise);
    }
  }
  return out;
}

/// `count` slots of a block of 1024 patients, in no order.
std::vector<std::int32_t> some_slots(std::size_t count) {
  std::vector<std::int32_t> slots(1024);
  for (std::size_t i = 0; i < slots.size(); ++i) slots[i] = static_cast<std::int32_t>(i);
  std::shuffle(slots.begin(), slots.end(), std::mt19937(static_cast<std::uint32_t>(count)));
  slots.resize(count);
  return slots;
}

}  // namespace

TEST_CASE("the hot loop gives every patient the number that its counter names, on every instruction set") {
  if (available_instruction_sets().back() != InstructionSet::avx512) {
    WARN("this processor or build has no AVX-512: only sets up to " << name(best_instruction_set()) << " are checked");
  }
  const std::uint64_t firsts[] = {0, 4096, 0xfffffc00, std::uint64_t{1} << 32, 0xabcdfffffc00, patient_limit - 1024};
  for (const InstructionSet set : available_instruction_sets()) {
    for (const std::uint64_t first_patient : firsts) {
      for (const std::size_t count : {0, 1, 3, 7, 8, 15, 17, 33, 1023, 1024}) {
        CAPTURE(name(set), first_patient, count);
        const Request request{.seed = {0xfedcba9876543210},
                              .stream = stream_id("relapses"),
                              .noise = {0x80000001},
                              .first_patient = first_patient,
                              .cycle_block = count % 2 == 0 ? 0xffffu : 5u,
                              .slots = some_slots(count)};
        const int stride = static_cast<int>(whole(count)) + 5;
        CHECK((filled(request, set, stride) == expected(request, stride)));
      }
    }
  }
}
