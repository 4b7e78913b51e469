#include "results/hdf5.hpp"

#include "core/contract.hpp"
#include "core/diagnostic.hpp"

namespace myelin::results::hdf5 {

namespace {

herr_t take_first(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "cannot make a text type");
  require(H5Tset_size(type, H5T_VARIABLE), "cannot make a text type");
  require(H5Tset_cset(type, H5T_CSET_UTF8), "cannot make a text type");
  return type;
}

}  // namespace

void fail(const std::string& action) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw IoError(action + (reason.empty() ? "" : " (HDF5: " + reason + ")"));
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

Handle memory_type(ValueType type) {
  if (type == ValueType::text) return text_type();
  return Handle(H5Tcopy(type == ValueType::real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64), H5Tclose,
                "cannot copy a number type");
}

Handle file_type(ValueType type) {
  if (type == ValueType::text) return text_type();
  return Handle(H5Tcopy(type == ValueType::real ? H5T_IEEE_F64LE : H5T_STD_U64LE), H5Tclose,
                "cannot copy a number type");
}

std::size_t stored_bytes(ValueType type) {
  constexpr std::size_t text_reference_bytes = 16;
  return type == ValueType::text ? text_reference_bytes : sizeof(double);
}

Handle data_space(const Shape& shape) {
  return Handle(
      shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
      H5Sclose, "cannot make a data space of " + to_string(shape));
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "a single value";
  std::string text;
  for (const hsize_t extent : shape) text += "[" + std::to_string(extent) + "]";
  return text;
}

void select_slice(hid_t space, const Shape& shape, std::size_t axis, std::size_t index) {
  Shape start(shape.size(), 0);
  Shape count = shape;
  start[axis] = index;
  count[axis] = 1;
  require(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          "cannot select slice " + std::to_string(index) + " of " + to_string(shape));
}

}  // namespace myelin::results::hdf5
