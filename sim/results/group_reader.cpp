#include "results/group_reader.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/diagnostic.hpp"
#include "results/plain_file.hpp"
#include "results/trial.hpp"

namespace myelin::results::hdf5 {

namespace {

/// What a text, a slice or a group takes in memory, beside its characters or values.
constexpr std::size_t text_bytes = 2 * sizeof(char*) + sizeof(std::string), slice_bytes = sizeof(std::vector<double>),
                      group_bytes = 4096;

Shape shape_of(hid_t space) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return {0};
  const int rank = H5Sget_simple_extent_ndims(space);
  require(rank, "cannot read a shape");
  Shape shape(static_cast<std::size_t>(rank));
  if (rank > 0) require(H5Sget_simple_extent_dims(space, shape.data(), nullptr), "cannot read a shape");
  return shape;
}

Shape dataset_shape(hid_t dataset) { return shape_of(Handle(H5Dget_space(dataset), H5Sclose, "cannot read a shape")); }

void expect_type(hid_t type, ValueType expected, const std::string& path) {
  const bool as_expected =
      expected == ValueType::text ? H5Tis_variable_str(type) > 0 : H5Tequal(type, file_type(expected)) > 0;
  if (!as_expected) throw IoError(path + " holds values of another type than this format has there");
}

void expect_shape(const Shape& found, const Shape& expected, const std::string& path) {
  if (found == expected) return;
  throw IoError(path + " has the shape " + to_string(found) + " where " + to_string(expected) + " is expected");
}

void expect_list(const Shape& found, const std::string& path) {
  if (found.size() != 1) throw IoError(path + " has the shape " + to_string(found) + " where a list is expected");
}

/// Texts that HDF5 allocates out of a budget, freed by HDF5. Many can refer to the same characters in the file, so that
/// its size does not bound them.
class TextBuffer {
 public:
  TextBuffer(const Shape& shape, std::size_t count, Budget& budget)
      : type_(memory_type(ValueType::text)),
        space_(data_space(shape)),
        transfer_(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "cannot make a property list"),
        pointers_(count, nullptr) {
    const auto allocate = [](std::size_t size, void* from) {
      return static_cast<Budget*>(from)->take(size) ? std::malloc(size) : nullptr;
    };
    const auto release = [](void* text, void*) { std::free(text); };
    require(H5Pset_vlen_mem_manager(transfer_, allocate, &budget, release, &budget), "cannot keep texts in memory");
  }
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;
  ~TextBuffer() { H5Dvlen_reclaim(type_, space_, transfer_, pointers_.data()); }

  hid_t type() const { return type_; }
  hid_t transfer() const { return transfer_; }
  char** data() { return pointers_.data(); }

  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const char* pointer : pointers_) texts.emplace_back(pointer == nullptr ? "" : pointer);
    return texts;
  }

 private:
  Handle type_;
  Handle space_;
  Handle transfer_;
  std::vector<char*> pointers_;
};

void expect_finite(const std::vector<double>& values, const std::string& path) {
  const auto wrong = std::ranges::find_if_not(values, [](double value) { return std::isfinite(value); });
  if (wrong != values.end()) throw IoError(path + " holds " + std::to_string(*wrong) + ", which is no finite number");
}

std::size_t value_count(const Shape& shape) {
  std::size_t count = 1;
  for (const hsize_t extent : shape) count *= extent;
  return count;
}

herr_t keep_first_scale(hid_t, unsigned, hid_t scale, void* kept) {
  H5Iinc_ref(scale);
  *static_cast<hid_t*>(kept) = scale;
  return 1;
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

Budget::Budget(std::uintmax_t file_bytes) : left_bytes_(most_value_bytes(file_bytes)) {}

bool Budget::take(std::uintmax_t bytes) {
  overdrawn_ = overdrawn_ || bytes > left_bytes_;
  if (!overdrawn_) left_bytes_ -= bytes;
  return !overdrawn_;
}

void Budget::spend(const Shape& shape, std::size_t value_bytes, const std::string& path) {
  std::uintmax_t bytes = value_bytes;
  const bool empty = std::ranges::find(shape, hsize_t{0}) != shape.end();
  for (const hsize_t extent : shape) {
    if (!empty && bytes > left_bytes_ / extent) {
      throw IoError(path + " claims the shape " + to_string(shape) + ", more than a file of this size can hold");
    }
    bytes *= extent;
  }
  if (!empty) take(bytes);
}

void Budget::enter(hid_t group, const std::string& path) {
  H5O_info_t object{};
  require(H5Oget_info2(group, &object, H5O_INFO_BASIC), path + " cannot be opened");
  if (!entered_.insert(object.addr).second)
    throw IoError(path + " is another name of a group that has been read, which this format does not have");
  if (!take(group_bytes)) throw IoError(path + " is one of more groups than a file of this size can hold");
}

GroupReader::GroupReader(hid_t file, Budget& budget)
    : group_(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "the root group cannot be opened"),
      budget_(&budget),
      path_("/"),
      pattern_("/") {
  budget_->enter(group_, path_);
}

GroupReader::GroupReader(const GroupReader& parent, const std::string& link, const std::string& pattern)
    : group_(open_group(parent.group_, link, parent.path_ + link)),
      budget_(parent.budget_),
      path_(parent.path_ + link + "/"),
      pattern_(parent.pattern_ + pattern + "/") {
  budget_->enter(group_, parent.path_ + link);
}

std::vector<GroupReader> GroupReader::named_groups() const {
  std::vector<std::string> names;
  require(H5Literate(group_, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect_name, &names),
          path_ + " cannot be listed in order of creation");
  std::vector<GroupReader> groups;
  for (const std::string& name : names) groups.push_back(GroupReader(*this, name, "*"));
  return groups;
}

Handle GroupReader::open_attribute(const std::string& name, ValueType type) const {
  const std::string path = path_ + "@" + name;
  Handle attribute(H5Aopen(group_, name.c_str(), H5P_DEFAULT), H5Aclose, path + " is missing or cannot be opened");
  expect_type(Handle(H5Aget_type(attribute), H5Tclose, path), type, path);
  const Shape shape = shape_of(Handle(H5Aget_space(attribute), H5Sclose, path));
  if (schema_row(pattern_ + "@" + name).axes.empty()) {
    expect_shape(shape, {}, path);
  } else {
    expect_list(shape, path);
  }
  budget_->spend(shape, type == ValueType::text ? text_bytes : stored_bytes(type), path);
  return attribute;
}

std::vector<std::string> GroupReader::read_text_attribute(const std::string& name) const {
  const Handle attribute = open_attribute(name, ValueType::text);
  const Shape shape = shape_of(Handle(H5Aget_space(attribute), H5Sclose, name));
  if (value_count(shape) == 0) return {};
  TextBuffer buffer(shape, value_count(shape), *budget_);
  require(H5Aread(attribute, buffer.type(), buffer.data()), path_ + "@" + name + " cannot be read");
  return buffer.texts();
}

template <class T>
std::vector<T> GroupReader::read_number_attribute(const std::string& name, ValueType type) const {
  const Handle attribute = open_attribute(name, type);
  std::vector<T> values(value_count(shape_of(Handle(H5Aget_space(attribute), H5Sclose, name))));
  if (!values.empty()) {
    require(H5Aread(attribute, memory_type(type), values.data()), path_ + "@" + name + " cannot be read");
  }
  return values;
}

std::string GroupReader::text_attribute(const std::string& name) const { return read_text_attribute(name).at(0); }

double GroupReader::real_attribute(const std::string& name) const { return real_list_attribute(name).at(0); }

std::uint64_t GroupReader::integer_attribute(const std::string& name) const {
  return read_number_attribute<std::uint64_t>(name, ValueType::integer).at(0);
}

std::vector<std::string> GroupReader::text_list_attribute(const std::string& name) const {
  return read_text_attribute(name);
}

std::vector<double> GroupReader::real_list_attribute(const std::string& name) const {
  std::vector<double> values = read_number_attribute<double>(name, ValueType::real);
  expect_finite(values, path_ + "@" + name);
  return values;
}

std::vector<std::uint64_t> GroupReader::integer_list_attribute(const std::string& name) const {
  return read_number_attribute<std::uint64_t>(name, ValueType::integer);
}

Handle GroupReader::open_dataset(const std::string& name, const SchemaRow& row) const {
  const std::string path = path_ + name;
  Handle dataset = hdf5::open_dataset(group_, name, path);
  expect_type(Handle(H5Dget_type(dataset), H5Tclose, path), row.type, path);
  return dataset;
}

std::vector<std::string> GroupReader::read_texts(hid_t dataset, const Shape& shape, const std::string& path) const {
  budget_->spend(shape, text_bytes, path);
  TextBuffer buffer(shape, value_count(shape), *budget_);
  if (H5Dread(dataset, buffer.type(), H5S_ALL, H5S_ALL, buffer.transfer(), buffer.data()) >= 0) return buffer.texts();
  if (budget_->overdrawn()) throw IoError(path + " holds longer texts than a file of this size can");
  fail(path + " cannot be read");
}

std::string GroupReader::text(const std::string& name) const {
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  expect_shape(dataset_shape(dataset), {}, path_ + name);
  return read_texts(dataset, {}, path_ + name).at(0);
}

std::size_t GroupReader::length(const std::string& name) const {
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  const Shape shape = dataset_shape(dataset);
  expect_list(shape, path_ + name);
  budget_->spend(shape, stored_bytes(ValueType::integer), path_ + name);
  return shape[0];
}

std::vector<std::string> GroupReader::texts(const std::string& name, std::size_t length) const {
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  expect_shape(dataset_shape(dataset), {length}, path_ + name);
  return read_texts(dataset, {length}, path_ + name);
}

template <class T>
std::vector<T> GroupReader::read_numbers(const std::string& name, ValueType type, const Shape& shape) const {
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  expect_shape(dataset_shape(dataset), shape, path_ + name);
  budget_->spend(shape, sizeof(T), path_ + name);
  std::vector<T> values(value_count(shape));
  if (values.empty()) return values;
  require(H5Dread(dataset, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          path_ + name + " cannot be read");
  return values;
}

std::vector<double> GroupReader::reals(const std::string& name, std::size_t length) const {
  return table(name, {length});
}

std::vector<double> GroupReader::reals_or_nan(const std::string& name, std::size_t length) const {
  std::vector<double> values = read_numbers<double>(name, ValueType::real, {length});
  for (const double value : values) {
    if (!std::isnan(value)) expect_finite({value}, path_ + name);
  }
  return values;
}

std::vector<std::uint64_t> GroupReader::integers(const std::string& name, std::size_t length) const {
  return read_numbers<std::uint64_t>(name, ValueType::integer, {length});
}

std::vector<double> GroupReader::table(const std::string& name, const Shape& shape) const {
  std::vector<double> values = read_numbers<double>(name, ValueType::real, shape);
  expect_finite(values, path_ + name);
  return values;
}

std::vector<std::vector<std::string>> GroupReader::user_scales(const std::string& name, std::size_t first_axis) const {
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  const std::size_t rank = dataset_shape(dataset).size();
  std::vector<std::vector<std::string>> scales;
  for (std::size_t axis = first_axis; axis < rank; ++axis) {
    const std::string path = "the scale of axis " + std::to_string(axis) + " of " + path_ + name;
    hid_t id = H5I_INVALID_HID;
    H5DSiterate_scales(dataset, static_cast<unsigned>(axis), nullptr, keep_first_scale, &id);
    const Handle scale(id, H5Dclose, path + " is missing or cannot be opened");
    expect_own_data(scale, path);
    expect_type(Handle(H5Dget_type(scale), H5Tclose, path), ValueType::text, path);
    const Shape shape = dataset_shape(scale);
    expect_list(shape, path);
    scales.push_back(read_texts(scale, shape, path));
  }
  return scales;
}

std::vector<std::vector<double>> GroupReader::slices(const std::string& name, const Shape& shape) const {
  const std::string path = path_ + name;
  const Handle dataset = open_dataset(name, schema_row(pattern_ + name));
  expect_shape(dataset_shape(dataset), shape, path);
  budget_->spend(shape, sizeof(double), path);
  const std::size_t axis = schema_row(pattern_ + name).slice_axis(), count = shape[axis];
  budget_->spend({count}, slice_bytes, path);
  const std::size_t size = count == 0 ? 0 : value_count(shape) / count;
  const Handle type = memory_type(ValueType::real);
  std::vector<std::vector<double>> slices(count, std::vector<double>(size));
  for (std::size_t i = 0; i < count && size > 0; ++i) {
    const Handle space = data_space(shape);
    select_slice(space, shape, axis, i);
    require(H5Dread(dataset, type, data_space({size}), space, H5P_DEFAULT, slices[i].data()), path + " cannot be read");
    expect_finite(slices[i], path);
  }
  return slices;
}

}  // namespace myelin::results::hdf5
