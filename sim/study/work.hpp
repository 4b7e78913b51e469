#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// The work of a run, cut into units that are numbered once: blocks of patients of each analysis, and parameter draws.
/// Whoever does a unit, where and when, it comes to the same; folded in the order of their numbers, units give the
/// result of a run without interruption, to the bit.

namespace myelin::study {

/// A unit of an analysis, or of the draws.
struct UnitName {
  std::string analysis;
  std::uint64_t number = 0;

  auto operator<=>(const UnitName&) const = default;
};

std::string to_string(const UnitName& unit);

/// What a unit came to, as numbers whose meaning the unit's owner knows.
struct UnitValues {
  std::vector<double> reals;
  std::vector<std::uint64_t> integers;
};

/// Keeps what finished units came to, for a run that goes on later or elsewhere. Called by one thread.
class UnitStore {
 public:
  virtual ~UnitStore() = default;
  virtual bool has(const UnitName& unit) const = 0;
  /// Nothing if the unit was not kept.
  virtual std::optional<UnitValues> find(const UnitName& unit) const = 0;
  virtual void keep(const UnitName& unit, UnitValues values) = 0;
};

/// The units that one of several processes does.
struct Share {
  std::uint64_t task = 0;   ///< from 0
  std::uint64_t tasks = 1;  ///< at least 1

  bool takes(const UnitName& unit) const;
};

/// Blocks of patients in each unit of an analysis but the last: so many that a unit takes some seconds on a core, but
/// not so many that a large run has only a few. A power of two, so that a unit is a node of the fold over all blocks.
/// `cycles_a_block` is what a block can live at most, summed over strategies.
std::uint64_t blocks_a_unit(std::uint64_t blocks, std::uint64_t cycles_a_block);

/// Parameter draws in each unit but the last, likewise.
std::uint64_t draws_a_unit(std::uint64_t draws);

/// Writes values one after the other; `Unpacker` reads them back in the same order. A function template over the two
/// says both at once.
class Packer {
 public:
  void operator()(const double& value) { values_.reals.push_back(value); }
  void operator()(const std::uint64_t& value) { values_.integers.push_back(value); }
  void operator()(const std::vector<double>& values) {
    values_.integers.push_back(values.size());
    values_.reals.insert(values_.reals.end(), values.begin(), values.end());
  }
  void operator()(const std::vector<std::uint64_t>& values) {
    values_.integers.push_back(values.size());
    values_.integers.insert(values_.integers.end(), values.begin(), values.end());
  }
  /// Numbers, none below 0, most of which are 0.
  template <class T>
  void sparse(const std::vector<T>& values) {
    values_.integers.push_back(values.size());
    const std::size_t count_at = values_.integers.size();
    values_.integers.push_back(0);
    for (std::uint64_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0) continue;
      (*this)(i);
      (*this)(values[i]);
      ++values_.integers[count_at];
    }
  }
  /// A list whose items `pass` passes one by one.
  template <class Item, class Pass>
  void each(std::vector<Item>& items, Pass pass) {
    values_.integers.push_back(items.size());
    for (Item& item : items) pass(item);
  }
  UnitValues result() && { return std::move(values_); }

 private:
  UnitValues values_;
};

/// Reads values back into what has the shape of what was packed: lists keep their lengths. Throws IoError where the
/// values are of another shape or too few, since they come from files that others can have made.
class Unpacker {
 public:
  static IoError unfit() { return IoError("its values are not of the shape that this analysis has"); }

  explicit Unpacker(const UnitValues& values) : values_(values) {}
  void operator()(double& value) { value = values_.reals[take(real_, 1, values_.reals.size())]; }
  void operator()(std::uint64_t& value) { value = values_.integers[take(integer_, 1, values_.integers.size())]; }
  void operator()(std::vector<double>& values) { take_list(values_.reals, real_, values); }
  void operator()(std::vector<std::uint64_t>& values) { take_list(values_.integers, integer_, values); }
  template <class T>
  void sparse(std::vector<T>& values) {
    expect_size(values.size());
    std::ranges::fill(values, T{0});
    std::uint64_t count = 0, position = 0;
    (*this)(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      (*this)(position);
      if (position >= values.size()) throw unfit();
      (*this)(values[position]);
    }
  }
  template <class Item, class Pass>
  void each(std::vector<Item>& items, Pass pass) {
    expect_size(items.size());
    for (Item& item : items) pass(item);
  }
  /// Everything has been read.
  void expect_end() const {
    if (real_ != values_.reals.size() || integer_ != values_.integers.size()) throw unfit();
  }

 private:
  static std::size_t take(std::size_t& next, std::size_t count, std::size_t size) {
    if (count > size - next) throw unfit();
    next += count;
    return next - count;
  }
  template <class T>
  void take_list(const std::vector<T>& from, std::size_t& next, std::vector<T>& into) {
    expect_size(into.size());
    const std::size_t first = take(next, into.size(), from.size());
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first), into.size(), into.begin());
  }
  void expect_size(std::uint64_t size) {
    std::uint64_t found = 0;
    (*this)(found);
    if (found != size) throw unfit();
  }

  const UnitValues& values_;
  std::size_t real_ = 0, integer_ = 0;
};

/// Reads a kept unit into `into`, as `Unpacker` does; the IoError names the unit and what to do.
template <class Unit>
void unpack(const UnitName& name, const UnitValues& values, Unit& into) {
  try {
    Unpacker unpacker(values);
    into.pass(unpacker);
    unpacker.expect_end();
  } catch (const IoError& error) {
    throw IoError("the finished unit of work " + to_string(name) + " cannot be used: " + error.what() +
                  " -- do it again: remove the part that has it, or the folder of unfinished work");
  }
}

}  // namespace myelin::study
