"""Results of myelin in Python: tidy tables (pandas) and labelled arrays (xarray) from a results file.

    import sys; sys.path.append("scripts/readers")
    import myelin
    run = myelin.Run("base_case.h5")
    run.summary()            # DataFrame: every outcome of every strategy
    run.stateprobs()         # DataFrame: who is in which state at which time
    cost, effect, parameters = run.psa()   # DataFrames, one row a draw
    run.dataset("base")      # xarray.Dataset of an analysis: mean(draw, strategy, outcome, column), ...

It needs h5py, numpy, pandas and xarray. `myelin describe results` documents what is in the file; the columns are those
of `myelin export`, explained in README.md beside this file. Wherever no analysis is named, that which decisions rest on
is taken: the parameter draws where the run has them, else the base case.
"""

import h5py
import numpy as np
import pandas as pd
import xarray as xr

DISCOUNTINGS = ("discounted", "undiscounted")


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _attributes(group):
    """The attributes of a group as text, numbers and lists."""
    values = {}
    for name, value in group.attrs.items():
        if isinstance(value, np.ndarray):
            value = [_text(item) for item in value.tolist()]
        elif isinstance(value, np.generic):
            value = value.item()
        values[name] = _text(value)
    return values


def _array(dataset):
    """The values of a dataset, texts as str."""
    return dataset.asstr()[()] if h5py.check_string_dtype(dataset.dtype) else dataset[()]


def _address(dataset):
    """Where a dataset lies in its file: HDF5 is slow to tell the name of one that an axis refers to."""
    return h5py.h5o.get_info(dataset.id).addr


def _dataset(group):
    """A group as an xarray.Dataset: every dataset an array whose dimensions bear the names of its axes' scales."""
    coordinates, variables = {}, {}
    items = {name: item for name, item in group.items() if isinstance(item, h5py.Dataset)}
    names = {_address(item): name for name, item in items.items()}
    for name, item in items.items():
        about = {key: _text(item.attrs[key]) for key in ("units", "description")}
        if _text(item.attrs.get("CLASS", "")) == "DIMENSION_SCALE":
            coordinates[name] = ((name,), _array(item), about)
        else:
            dims = tuple(names[_address(axis[0])] for axis in item.dims)
            variables[name] = (dims, _array(item), about)
    return xr.Dataset(variables, coordinates, _attributes(group))


class Run:
    """A results file, read whole; the file is closed again."""

    def __init__(self, path):
        self.analyses, self.tallies = {}, {}
        with h5py.File(path, "r") as file:
            if _text(file.attrs.get("filetype", "")) != "myelin results":
                raise ValueError(f"{path} is no results file of myelin")
            #: title, engine, patients, seed, currency, price_year, thresholds, ... of the run
            self.attributes = _attributes(file)
            self.inputs = _dataset(file["scenario/inputs"]).to_dataframe().reset_index()
            for group in file["analyses"].values():
                name = _text(group.attrs["name"])
                self.analyses[name] = _dataset(group)
                self.tallies[name] = [_dataset(tally) for tally in group["tallies"].values()]
                for part in ("drawn", "increments", "timing", "amounts", "totals"):
                    self.analyses[f"{name}/{part}"] = _dataset(group[part])

    def decisive(self):
        """The name of the analysis that decisions rest on."""
        return "probabilistic" if "probabilistic" in self.analyses else "base"

    def dataset(self, analysis=None):
        """An analysis; or a part of one, such as "base/increments"."""
        return self.analyses[analysis or self.decisive()]

    def rate(self, analysis, role):
        """The discount rate of `cost` or `qaly` a year; NaN where it changes with time."""
        rates = self.analyses[f"{analysis}/timing"].attrs[f"{role}_rate_per_year"]
        return rates[0] if len(rates) == 1 else float("nan")

    def summary(self):
        """Mean and Monte Carlo standard error of every outcome, for each analysis, strategy and column."""
        frames = []
        for name, data in self.analyses.items():
            if "/" in name:
                continue
            draws = data.sizes["draw"]
            table = data["mean"].mean("draw").rename("mean").to_dataframe()
            table["mcse"] = (np.sqrt((data["standard_error"] ** 2).sum("draw")) / draws).to_series()
            table = table.reset_index().rename(columns={"column": "discounting"})
            table.insert(0, "analysis", name)
            units = dict(zip(data["outcome"].values, data["outcome_unit"].values))
            table.insert(3, "unit", table["outcome"].map(units))
            counts = data["outcome"].values[data["outcome_discounted_as"].values == "nothing"]
            frames.append(table[~(table["outcome"].isin(counts) & (table["discounting"] == "discounted"))])
        return pd.concat(frames, ignore_index=True)

    def psa(self):
        """(costs, effects, parameters), one row a draw: discounted cost and QALYs with a column a strategy, in the same
        order, and the inputs drawn with a column an input."""
        if "probabilistic" not in self.analyses:
            raise ValueError("the run has no parameter draws: myelin run --draws 1000 makes them")
        mean = self.analyses["probabilistic"]["mean"].sel(column="discounted", drop=True)
        costs, effects = (
            mean.sel(outcome=outcome, drop=True).transpose("draw", "strategy").to_pandas()
            for outcome in ("cost", "qaly")
        )
        parameters = self.analyses["probabilistic/drawn"]["value"].transpose("draw", "input").to_pandas()
        return costs, effects, parameters

    def _by_draw(self, outcome, discounting):
        """[draw, strategy] of one outcome of the decisive analysis, as a Series."""
        mean = self.dataset()["mean"].sel(outcome=outcome, column=discounting, drop=True)
        return mean.transpose("draw", "strategy").to_series()

    def _samples(self, outcomes, role, value_name):
        """A long table of outcomes by draw under hesim's names."""
        frames = []
        for discounting in DISCOUNTINGS:
            for category, outcome in outcomes:
                table = self._by_draw(outcome, discounting).rename(value_name).reset_index()
                table.insert(2, "discounting", discounting)
                table.insert(3, "dr", self.rate(self.decisive(), role) if discounting == "discounted" else 0.0)
                table.insert(4, "category", category)
                frames.append(table)
        table = pd.concat(frames, ignore_index=True)
        table.insert(0, "sample", table.pop("draw").astype(int) + 1)
        numbers = {name: i + 1 for i, name in enumerate(self.dataset()["strategy"].values)}
        table.insert(1, "strategy_id", table["strategy"].map(numbers))
        return table

    def costs(self):
        """Costs by draw, strategy, discounting and category."""
        parts = [_text(name) for name in self.analyses[f"{self.decisive()}/totals"]["part"].values]
        categories = [name.split(": ", 1)[1] for name in parts if name.startswith("cost: ")] or ["cost"]
        return self._samples([(name.removeprefix("cost."), name) for name in categories], "cost", "costs")

    def qalys(self):
        """QALYs and life years by draw, strategy and discounting."""
        table = self._samples([("", "qaly")], "qaly", "qalys").drop(columns="category")
        if "life_years" in self.dataset()["outcome"].values:
            table["lys"] = self._samples([("", "life_years")], "qaly", "lys")["lys"]
        return table

    def tally(self, name, analysis=None):
        """Patients per patient who started, [strategy, time, attributes...]; a list where strategies differ in axes."""
        tallies = self.tallies[analysis or self.decisive()]
        found = [data["per_patient"] for data in tallies if data.attrs["name"] == name]
        if not found:
            names = sorted({data.attrs["name"] for data in tallies})
            raise KeyError(f"no tally is called {name!r}; there are {', '.join(names)}")
        return found[0] if len(found) == 1 else found

    def stateprobs(self):
        """The probability of each level of each attribute that is tallied at time points, and of being dead; t in
        years. Levels in which nobody alive ever is are left out."""
        found = []
        for data in self.tallies[self.decisive()]:
            if data.attrs["time_axis"] != "time point" or data.attrs["name"].startswith("by "):
                continue
            counts = data["per_patient"]
            for a, attribute in enumerate(data.attrs["attributes"]):
                levels = counts.sum([dim for i, dim in enumerate(counts.dims[2:]) if i != a])
                for i, number in enumerate(data["strategy_index"].values):
                    place = (int(number), int(data["position"][i]), a)
                    found.append((place, attribute, levels.isel(strategy=i).transpose("time", ...)))
        # In the order of the strategy's tallies; of several that count by one attribute, the first.
        first = {}
        for place, attribute, levels in sorted(found, key=lambda each: each[0]):
            first.setdefault((place[0], attribute), levels)
        return pd.concat([self._states(key[0], key[1], levels) for key, levels in first.items()], ignore_index=True)

    def _states(self, strategy, attribute, levels):
        """The rows of one strategy and attribute, from [time, level]."""
        values, names = levels.values, list(levels[levels.dims[1]].values)
        kept = [level for level in range(len(names)) if (values[:, level] > 0).any()]
        states = [(level + 1, names[level], values[:, level]) for level in kept]
        states.append((len(names) + 1, "dead", np.maximum(0, 1 - values.sum(axis=1))))
        t = np.arange(len(values)) * self.attributes["cycle_length_years"]
        about = {"strategy_id": strategy + 1, "strategy": str(levels["strategy"].item()), "attribute": attribute}
        return pd.concat(
            [pd.DataFrame({**about, "state_id": number, "state": state, "t": t, "prob": probabilities})
             for number, state, probabilities in states],
            ignore_index=True,
        )
