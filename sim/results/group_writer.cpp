#include "results/group_writer.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <numeric>

#include "core/contract.hpp"
#include "core/diagnostic.hpp"

namespace myelin::results::hdf5 {

namespace {

/// Smaller datasets gain nothing from compression.
constexpr std::size_t compress_above_bytes = 4096;
constexpr std::size_t largest_chunk_bytes = 1 << 20;
constexpr unsigned deflate_level = 4;

Handle property_list(hid_t kind) { return Handle(H5Pcreate(kind), H5Pclose, "cannot make a property list"); }

/// Links in order of creation, so that the order of analyses and tallies survives; no times, so that equal results give
/// equal bytes.
Handle create_group(hid_t parent, const std::string& link) {
  const Handle properties = property_list(H5P_GROUP_CREATE);
  require(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "cannot order the links of a group");
  require(H5Pset_obj_track_times(properties, false), "cannot leave out the times of a group");
  return Handle(H5Gcreate2(parent, link.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT), H5Gclose,
                "cannot make the group '" + link + "'");
}

/// As HDF5 takes it: it would end a text at its first NUL.
const char* c_text(const std::string& text) {
  if (text.find('\0') != std::string::npos) {
    throw IoError("a text holds a NUL character, which a results file cannot keep: '" + std::string(text.c_str()) +
                  "...' -- take it out of the scenario");
  }
  return text.c_str();
}

std::vector<const char*> c_texts(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(c_text(text));
  return pointers;
}

/// One slice a chunk, so that slices can be written one after the other; then the leading axes are cut until a chunk is
/// small enough.
Shape chunk_shape(Shape shape, std::size_t slice_axis, std::size_t value_bytes) {
  if (shape.size() > 1) shape[slice_axis] = 1;
  const auto bytes = [&] {
    return std::accumulate(shape.begin(), shape.end(), hsize_t(value_bytes), std::multiplies<>());
  };
  for (hsize_t& extent : shape) {
    const hsize_t excess = (bytes() + largest_chunk_bytes - 1) / largest_chunk_bytes;
    extent = std::max<hsize_t>(1, extent / excess);
  }
  return shape;
}

Handle creation_properties(const Shape& shape, const SchemaRow& row) {
  const ValueType type = row.type;
  const std::size_t value_bytes = stored_bytes(type);
  Handle properties = property_list(H5P_DATASET_CREATE);
  require(H5Pset_obj_track_times(properties, false), "cannot leave out the times of a dataset");
  const hsize_t bytes = std::accumulate(shape.begin(), shape.end(), hsize_t(value_bytes), std::multiplies<>());
  // Texts lie in a heap of the file, which the filters do not reach and HDF5 refuses to check.
  if (type == ValueType::text || shape.empty() || bytes <= compress_above_bytes) return properties;
  const Shape chunk = chunk_shape(shape, row.slice_axis(), value_bytes);
  require(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "cannot set chunks");
  require(H5Pset_shuffle(properties), "cannot set the shuffle filter");
  require(H5Pset_deflate(properties, deflate_level), "cannot set compression");
  require(H5Pset_fletcher32(properties), "cannot set checksums");
  return properties;
}

void write_attribute_of(hid_t object, const std::string& name, ValueType type, const Shape& shape, const void* values) {
  const std::string action = "cannot write the attribute '" + name + "'";
  const Handle attribute(H5Acreate2(object, name.c_str(), file_type(type), data_space(shape), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose, action);
  const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  if (!empty) require(H5Awrite(attribute, memory_type(type), values), action);
}

void describe(hid_t dataset, const SchemaRow& row) {
  for (const auto& [name, value] : {std::pair("units", row.units), std::pair("description", row.description)}) {
    const std::string text(value);
    const char* pointer = text.c_str();
    write_attribute_of(dataset, name, ValueType::text, {}, &pointer);
  }
}

}  // namespace

GroupWriter::GroupWriter(hid_t file)
    : group_(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "cannot open the root"), path_("/") {}

GroupWriter::GroupWriter(const GroupWriter& parent, const std::string& link, const std::string& pattern)
    : group_(create_group(parent.group_, link)), path_(parent.path_ + pattern + "/") {}

std::string GroupWriter::free_link_name(const std::string& name) const {
  std::string link = c_text(name);
  std::replace(link.begin(), link.end(), '/', '_');
  const bool kept_for_later = link == "per_patient";
  if (link.empty() || link == "." || kept_for_later) link += "_";
  std::string candidate = link;
  for (std::size_t number = 2; H5Lexists(group_, candidate.c_str(), H5P_DEFAULT) > 0; ++number) {
    candidate = link + "_" + std::to_string(number);
  }
  return candidate;
}

void GroupWriter::write_attribute(const std::string& name, ValueType type, const Shape& shape,
                                  const void* values) const {
  const SchemaRow& row = schema_row(path_ + "@" + name);
  if (row.type != type || row.axes.size() != shape.size()) fail_contract("attribute as in its row", __FILE__, __LINE__);
  write_attribute_of(group_, name, type, shape, values);
}

void GroupWriter::attribute(const std::string& name, const std::string& value) const {
  const char* pointer = c_text(value);
  write_attribute(name, ValueType::text, {}, &pointer);
}

void GroupWriter::attribute(const std::string& name, double value) const {
  write_attribute(name, ValueType::real, {}, &value);
}

void GroupWriter::attribute(const std::string& name, std::uint64_t value) const {
  write_attribute(name, ValueType::integer, {}, &value);
}

void GroupWriter::attribute(const std::string& name, const std::vector<std::string>& values) const {
  write_attribute(name, ValueType::text, {values.size()}, c_texts(values).data());
}

void GroupWriter::attribute(const std::string& name, const std::vector<double>& values) const {
  write_attribute(name, ValueType::real, {values.size()}, values.data());
}

void GroupWriter::attribute(const std::string& name, const std::vector<std::uint64_t>& values) const {
  write_attribute(name, ValueType::integer, {values.size()}, values.data());
}

Handle GroupWriter::create_dataset(const std::string& link, const SchemaRow& row, const Shape& shape,
                                   const std::vector<std::string>& user_axes) const {
  const std::string action = "cannot make the dataset '" + path_ + link + "'";
  Handle dataset(H5Dcreate2(group_, link.c_str(), file_type(row.type), data_space(shape), H5P_DEFAULT,
                            creation_properties(shape, row), H5P_DEFAULT),
                 H5Dclose, action);
  describe(dataset, row);
  if (row.is_scale()) {
    require(H5DSset_scale(dataset, link.c_str()), action);
  } else {
    attach_scales(dataset, row, user_axes);
  }
  return dataset;
}

void GroupWriter::attach_scales(hid_t dataset, const SchemaRow& row, const std::vector<std::string>& user_axes) const {
  std::vector<std::string> axes(row.axes.begin(), row.axes.end());
  if (!axes.empty() && axes.back() == attribute_axes) {
    axes.pop_back();
    axes.insert(axes.end(), user_axes.begin(), user_axes.end());
  }
  for (unsigned axis = 0; axis < axes.size(); ++axis) {
    const std::string action = "cannot attach the scale '" + path_ + axes[axis] + "'";
    const Handle scale(H5Dopen2(group_, axes[axis].c_str(), H5P_DEFAULT), H5Dclose, action);
    require(H5DSattach_scale(dataset, scale, axis), action);
  }
}

void GroupWriter::write_dataset(const std::string& link, const SchemaRow& row, const Shape& shape,
                                const void* values) const {
  if (row.axes.size() != shape.size()) fail_contract("dataset as in its row", __FILE__, __LINE__);
  const Handle dataset = create_dataset(link, row, shape, {});
  if (std::ranges::find(shape, 0U) != shape.end()) return;
  require(H5Dwrite(dataset, memory_type(row.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
          "cannot write the dataset '" + path_ + link + "'");
}

void GroupWriter::dataset(const std::string& name, const std::string& value) const {
  const char* pointer = c_text(value);
  write_dataset(name, schema_row(path_ + name), {}, &pointer);
}

void GroupWriter::dataset(const std::string& name, const std::vector<std::string>& values) const {
  write_dataset(name, schema_row(path_ + name), {values.size()}, c_texts(values).data());
}

void GroupWriter::dataset(const std::string& name, const std::vector<double>& values) const {
  write_dataset(name, schema_row(path_ + name), {values.size()}, values.data());
}

void GroupWriter::dataset(const std::string& name, const std::vector<std::uint64_t>& values) const {
  write_dataset(name, schema_row(path_ + name), {values.size()}, values.data());
}

void GroupWriter::counting_scale(const std::string& name, std::size_t count) const {
  std::vector<std::uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  dataset(name, numbers);
}

std::string GroupWriter::named_scale(const std::string& name, const std::vector<std::string>& values) const {
  const std::string link = free_link_name(name);
  write_dataset(link, schema_row(path_ + "*"), {values.size()}, c_texts(values).data());
  return link;
}

void GroupWriter::slices(const std::string& name, const Shape& shape,
                         const std::vector<const std::vector<double>*>& slices,
                         const std::vector<std::string>& user_axes) const {
  const SchemaRow& row = schema_row(path_ + name);
  const Handle dataset = create_dataset(name, row, shape, user_axes);
  const Handle type = memory_type(ValueType::real);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (slices[i]->empty()) continue;
    const Handle space = data_space(shape);
    select_slice(space, shape, row.slice_axis(), i);
    const Handle memory = data_space({slices[i]->size()});
    require(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, slices[i]->data()),
            "cannot write slice " + std::to_string(i) + " of the dataset '" + path_ + name + "'");
  }
}

}  // namespace myelin::results::hdf5
