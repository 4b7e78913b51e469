"""The ways of harm that hostile_test.py tries, each a change of an open file with what the message must hold."""

from pathlib import Path

import h5py
import numpy

MEBIBYTE = 1 << 20
BASE = "/analyses/base"
TEXT = h5py.string_dtype()


def replace(file, name, data=None, **options):
    """A dataset in the place of another, which it needs not resemble."""
    del file[name]
    return file.create_dataset(name, data=data, **options)


def absurd(dtype, shape=(1 << 60,), chunk=1024):
    """Options of a dataset that claims much and stores nothing."""
    return dict(shape=shape, dtype=dtype, chunks=(chunk,) * len(shape))


def edit(file, name, change):
    values = file[name][()]
    change(values)
    file[name][()] = values


def at(index, value):
    def change(values):
        values[index] = value

    return change


def bomb(file):
    """An eighth of a GiB of zeros in an eighth of a MiB, in the place of a dataset whose length nothing else states."""
    replace(file, "/scenario/inputs/input", data=None, shape=(1 << 24,), dtype="u8", chunks=(1 << 20,), compression="gzip")
    for i in range(0, 1 << 24, 1 << 20):
        file["/scenario/inputs/input"][i : i + (1 << 20)] = 0


def draws_bomb(file):
    strategies, outcomes = (file[f"{BASE}/{name}"].shape[0] for name in ("strategy", "outcome"))
    draws = (1 << 27) // (strategies * outcomes * 2)
    replace(file, f"{BASE}/draw", **absurd("u8", (draws,)))
    replace(file, f"{BASE}/drawn/value", shape=(draws, 0), dtype="f8")
    for name in ("mean", "standard_error"):
        replace(file, f"{BASE}/{name}", shape=(draws, strategies, outcomes, 2), dtype="f8", compression="gzip",
                chunks=(4096, 1, outcomes, 2))


def many_texts_of_one(file):
    """A hundred thousand references to one text of a MiB, of which the file has one copy."""
    replace(file, "/scenario/files/text", shape=(100_000,), dtype=TEXT)
    file["/scenario/files/text"][0] = "x" * MEBIBYTE
    del file["/scenario/files/file"]
    file.create_dataset("/scenario/files/file", shape=(100_000,), dtype=TEXT)
    file.flush()
    first = file["/scenario/files/text"].id.get_offset()
    name = file.filename
    file.close()
    with open(name, "r+b") as raw:
        raw.seek(first)
        reference = raw.read(16)
        raw.seek(first)
        raw.write(reference * 100_000)


def external_link(file):
    del file["/scenario"]
    file["/scenario"] = h5py.ExternalLink("/etc/passwd", "/scenario")


def soft_link(file):
    file.move(f"{BASE}/mean", f"{BASE}/mean_elsewhere")
    file[f"{BASE}/mean"] = h5py.SoftLink(f"{BASE}/mean_elsewhere")


def external_storage(file):
    shape = file[f"{BASE}/mean"].shape
    replace(file, f"{BASE}/mean", shape=shape, dtype="f8", external=[("/etc/passwd", 0, 8 * int(numpy.prod(shape)))])


def virtual(file):
    shape = file[f"{BASE}/mean"].shape
    layout = h5py.VirtualLayout(shape=shape, dtype="f8")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "mean", shape=shape)
    del file[f"{BASE}/mean"]
    file.create_virtual_dataset(f"{BASE}/mean", layout)


def foreign_filter(file):
    values = file[f"{BASE}/mean"][()]
    replace(file, f"{BASE}/mean", data=values, chunks=True, compression="lzf")


def huge_text(file):
    replace(file, "/scenario/text", shape=(), dtype=h5py.string_dtype(length=(1 << 31) - 1))


def many_groups(file):
    for i in range(3_000):
        file[f"/analyses/x{i}"] = file[BASE]


def groups_of_totals(file):
    """Totals of totals, each of all before it."""
    outcomes = file[f"{BASE}/outcome"].shape[0]
    pairs = [(total, part) for total in range(1, outcomes) for part in range(total)]
    replace(file, f"{BASE}/totals/part", data=["t"] * len(pairs), dtype=TEXT)
    for name, place in (("total_index", 0), ("part_index", 1)):
        replace(file, f"{BASE}/totals/{name}", data=[pair[place] for pair in pairs], dtype="u8")


def fewer_tallies(file):
    """Files that fit together, but not with what their scenario counts."""
    for analysis in file["/analyses"].values():
        tallies = analysis["tallies"]
        del tallies[list(tallies)[-1]]
        for tally in tallies.values():
            tally["position"][()] = 0
        for name in list(tallies)[1:]:
            del tallies[name]


def empty_strategies(file):
    for name in ("strategy", "strategy_label", "table_digest"):
        replace(file, f"{BASE}/{name}", shape=(0,), dtype=TEXT)


def delete(name):
    def change(file):
        del file[name]

    return change


def swap(name, data=None, **options):
    return lambda file: replace(file, name, data, **options)


def attribute(group, name, value, dtype=None):
    def change(file):
        del file[group].attrs[name]
        file[group].attrs.create(name, value, dtype=dtype)

    return change


# name: (change of an open file, what the message must hold).
RESULTS = {
    "a newer version": (attribute("/", "version", [9, 0], "u8"), r"version 9\.0"),
    "an older version": (attribute("/", "version", [3, 0], "u8"), r"version 3\.0"),
    "a version of one number": (attribute("/", "version", [4], "u8"), "version is not of two numbers"),
    "an absurd version": (attribute("/", "version", [(1 << 64) - 1] * 2, "u8"), "version 18446744073709551615"),
    "another filetype": (attribute("/", "filetype", "statepoint", TEXT), "'statepoint'"),
    "a filetype that is a number": (attribute("/", "filetype", 7.0), "another program"),
    "no group of analyses": (delete("/analyses"), "/analyses is missing"),
    "no analysis": (delete(BASE), "'base' first"),
    "no means": (delete(f"{BASE}/mean"), f"{BASE}/mean is missing"),
    "no sensitivity analyses": (delete("/sensitivity"), "/sensitivity is missing"),
    "an absurd extent": (swap(f"{BASE}/draw", **absurd("u8")), f"{BASE}/draw claims the shape"),
    "an absurd extent of texts": (swap("/scenario/inputs/input", **absurd(TEXT)), "/scenario/inputs/input claims"),
    "extents whose product wraps to 0": (
        swap(f"{BASE}/drawn/value", **absurd("f8", (1 << 32, 1 << 32), 64)), f"{BASE}/drawn/value has the shape"),
    "a deflate bomb of the wrong type": (bomb, "/scenario/inputs/input"),
    "draws of a GiB that nothing stores": (draws_bomb, "more than a file of this size can hold"),
    "many texts that are one": (many_texts_of_one, "/scenario/files/text holds longer texts"),
    "a text of fixed length": (huge_text, "/scenario/text holds values of another type"),
    "an external link": (external_link, "/scenario is a link to another place"),
    "a soft link": (soft_link, f"{BASE}/mean is a link to another place"),
    "external storage": (external_storage, f"{BASE}/mean has its values in another file"),
    "a virtual dataset": (virtual, f"{BASE}/mean has its values in another file"),
    "a filter to be loaded": (foreign_filter, f"{BASE}/mean is packed by the filter 32000"),
    "a group that holds itself": (lambda file: file.__setitem__("/analyses/again", file["/"]), "another name of a group"),
    "an analysis many times": (many_groups, "another name of a group"),
    "a dataset where a group should be": (
        lambda file: (file.__delitem__("/scenario"), file.create_dataset("/scenario", data=1)), "/scenario"),
    "a group where a dataset should be": (
        lambda file: (file.__delitem__(f"{BASE}/mean"), file.create_group(f"{BASE}/mean")), f"{BASE}/mean"),
    "means of another rank": (swap(f"{BASE}/mean", data=[1.0, 2.0]), f"{BASE}/mean has the shape"),
    "means as whole numbers": (
        lambda file: replace(file, f"{BASE}/mean", shape=file[f"{BASE}/mean"].shape, dtype="i8"),
        f"{BASE}/mean holds values of another type"),
    "means of half the bits": (
        lambda file: replace(file, f"{BASE}/mean", shape=file[f"{BASE}/mean"].shape, dtype="f4"),
        f"{BASE}/mean holds values of another type"),
    "a mean that is NaN": (lambda file: edit(file, f"{BASE}/mean", at((0, 0, 0, 0), numpy.nan)), "mean holds -?nan"),
    "an infinite error": (
        lambda file: edit(file, f"{BASE}/standard_error", at((0, 0, 0, 0), numpy.inf)), "standard_error holds inf"),
    "an infinite cycle": (attribute(f"{BASE}/timing", "cycle_length_years", numpy.inf), "cycle_length_years"),
    "cycles of centuries": (attribute(f"{BASE}/timing", "cycle_length_years", 1e300), "more years than any run"),
    "four thousand million cycles": (attribute(f"{BASE}/timing", "cycles", (1 << 32) - 2, "u8"), "timing|amounts"),
    "a total of what is not there": (lambda file: edit(file, f"{BASE}/totals/part_index", at(0, 1 << 40)), "part_index holds"),
    "totals of totals of totals": (groups_of_totals, "totals of totals without end"),
    "amounts of no strategy": (lambda file: edit(file, f"{BASE}/amounts/strategy_index", at(0, 99)), "strategy_index holds 99"),
    "a pair of no strategy": (lambda file: edit(file, f"{BASE}/increments/versus_index", at(0, 99)), "versus_index holds 99"),
    "a strategy against itself": (lambda file: edit(file, f"{BASE}/increments/versus_index", at(0, 1)), "with itself"),
    "a tally of no strategy": (
        lambda file: edit(file[f"{BASE}/tallies"], list(file[f"{BASE}/tallies"])[0] + "/strategy_index", at(0, 99)),
        "strategy_index holds 99"),
    "a tally in no place": (
        lambda file: edit(file[f"{BASE}/tallies"], list(file[f"{BASE}/tallies"])[0] + "/position", at(0, 1 << 50)),
        "lacks a tally"),
    "no strategies": (empty_strategies, f"{BASE}/"),
    "names that are one": (
        lambda file: edit(file, f"{BASE}/strategy", at(slice(None), "one")), "strategy holds 'one' twice"),
    "a setting of no kind": (lambda file: edit(file, "/scenario/settings/kind", at(0, "poem")), "'poem'"),
    "draws of other strategies": (
        lambda file: edit(file, "/analyses/probabilistic/strategy", at(0, "other")),
        "has not the strategies of the base analysis"),
    "thresholds that are texts": (attribute("/", "thresholds", ["a"], TEXT), "/@thresholds holds values of another type"),
}

UNITS = {
    "no identity": (delete("identity"), "'identity' is missing"),
    "an identity without its pair": (swap("identity_lengths", [1, 1, 1], dtype="u8"), "without its pair"),
    "no share": (swap("share", [], dtype="u8"), "'share'"),
    "an absurd share": (swap("share", [0, 1 << 63], dtype="u8"), "'share'"),
    "a share beyond the last": (swap("share", [9, 2], dtype="u8"), "'share'"),
    "no path": (swap("scenario_path_lengths", [], dtype="u8"), "'scenario_path'"),
    "texts longer than they are": (swap("analysis_lengths", [1 << 62], dtype="u8"), "'analysis' is cut off"),
    "fewer numbers than units": (swap("number", [], dtype="u8"), "not of the same units"),
    "fewer ends than units": (swap("reals_end", [], dtype="u8"), "'reals_end' has 0 values"),
    "ends that fall": (lambda file: edit(file, "integers_end", at(0, (1 << 64) - 1)), "'integers_end' does not rise"),
    "an end beyond the values": (lambda file: edit(file, "reals_end", at(-1, 1 << 61)), "'reals'"),
    "absurd values": (swap("reals", **absurd("f8")), "'reals' has 1152921504606846976 values"),
    "absurd lengths": (swap("analysis_lengths", **absurd("u8")), "claims 1152921504606846976 values"),
    "values that are texts": (
        lambda file: replace(file, "reals", shape=file["reals"].shape, dtype=TEXT), "'reals' holds values of another type"),
    "values that are not finite": (lambda file: edit(file, "reals", at(0, numpy.nan)), "no finite number"),
    "an external link": (lambda file: (file.__delitem__("reals"), file.__setitem__("reals", h5py.ExternalLink("/etc/passwd", "x"))),
                         "'reals' is a link to another place"),
    "another filetype": (swap("filetype_lengths", [3], dtype="u8"), "no finished units"),
    # These are found when the values are put to use.
    "lists longer than any": (lambda file: edit(file, "integers", at(0, 1 << 60)), "not of the shape"),
    "zeros for numbers": (lambda file: edit(file, "integers", at(slice(None), 0)), "not of the shape"),
}
