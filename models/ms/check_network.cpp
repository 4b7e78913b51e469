#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/ms/network.hpp"

/// \file
/// What can be wrong with the network of effects: no path to no treatment, or two.

namespace myelin::ms {

namespace {

const std::string share_key = "natural_history.relapse_associated_share";

class NetworkCheck {
 public:
  explicit NetworkCheck(const ParameterSet& parameters)
      : parameters_(parameters), therapies_(parameters.names_under("therapies")) {}

  Diagnostics found() {
    for (const std::string& therapy : therapies_) {
      const std::string kind = "therapies." + therapy + ".kind";
      if (!parameters_.is_sound(kind)) continue;
      one_path(therapy);
      if (parameters_.text(kind) == "comparator") continue;
      const Network in_force(parameters_);
      reaches_none(therapy, in_force);
      for (const std::string& anchor : parameters_.names_under("therapies." + therapy + ".anchors")) {
        if (anchor != in_force.anchor_of(therapy)) reaches_none(therapy, Network(parameters_, therapy, anchor));
      }
    }
    return std::move(diagnostics_);
  }

 private:
  void refuse(const std::string& key, std::string problem, std::string remedy) {
    const Diagnostic diagnostic{parameters_.entry(key).place, std::move(problem), std::move(remedy)};
    const auto same = [&](const Diagnostic& known) {
      return known.problem == diagnostic.problem && known.place.line == diagnostic.place.line;
    };
    if (std::ranges::none_of(diagnostics_, same)) diagnostics_.push_back(diagnostic);
  }

  /// A therapy enters the network once: by its own statement or by its anchor's, by worsening or by its parts.
  void one_path(const std::string& therapy) {
    const std::string path = "therapies." + therapy + ".", anchor_key = path + "anchor";
    std::string anchor;
    if (parameters_.is_sound(anchor_key)) {
      anchor = parameters_.text(anchor_key);
      const std::vector<std::string> known = parameters_.names_under(path + "anchors");
      if (std::ranges::find(known, anchor) == known.end()) {
        const auto nearest = nearest_name(anchor, known);
        return refuse(
            anchor_key, fmt::format("'{}' has no anchor '{}'", therapy, anchor),
            nearest ? fmt::format("did you mean '{}'?", *nearest) : fmt::format("define {}anchors.{}", path, anchor));
      }
    }
    const auto states = [&](const std::string& effect) {
      return parameters_.has(path + effect) ||
             (!anchor.empty() && parameters_.has(path + "anchors." + anchor + "." + effect));
    };
    for (const char* effect : {"worsening", "relapse", "improvement", "worsening_spms", "pira"}) {
      if (anchor.empty() || !parameters_.has(path + effect) ||
          !parameters_.has(path + "anchors." + anchor + "." + effect))
        continue;
      refuse(path + effect,
             fmt::format("'{}' has two paths to no treatment for {}: its own comparison, and that of its anchor '{}'",
                         therapy, effect, anchor),
             fmt::format("remove one: keep '{}{}', or the anchor", path, effect));
    }
    if (states("worsening") && states("pira")) {
      const std::string& key = Network(parameters_).comparison(therapy, "pira");
      refuse(key,
             fmt::format("'{}' has two paths to no treatment for worsening: one for all of it, and one for progression "
                         "independent of relapses",
                         therapy),
             "keep one of the two comparisons");
    }
    needs_split(therapy);
  }

  /// A ratio of progression independent of relapses acts on that part of worsening only, so there must be a split.
  void needs_split(const std::string& therapy) {
    const std::string key = Network(parameters_).comparison(therapy, "pira");
    if (key.empty() || parameters_.has(share_key)) return;
    refuse(
        key,
        fmt::format("'{}' acts on progression independent of relapses, but worsening is not split into its parts", key),
        fmt::format("give '{}', or use a ratio of all worsening", share_key));
  }

  void reaches_none(const std::string& therapy, const Network& network) {
    for (const std::string& effect : required_effects) {
      const bool split = effect == "worsening" && !network.comparison(therapy, "pira").empty();
      follow(therapy, network, split ? "pira" : effect);
    }
    if (!network.comparison(therapy, "worsening_spms").empty()) follow(therapy, network, "worsening_spms");
    if (!network.comparison(therapy, "pira").empty() && parameters_.is_sound(share_key) && diagnostics_.empty())
      possible_pira(therapy, network);
  }

  void follow(const std::string& therapy, const Network& network, const std::string& effect,
              std::set<std::string> followed = {}) {
    if (!followed.insert(therapy + "." + effect).second) {
      return refuse("therapies." + therapy + ".kind",
                    fmt::format("the comparisons of worsening and of its parts run in a circle at '{}'", therapy),
                    "let one of them be against none or a therapy outside the circle");
    }
    const std::vector<std::string> path = network.path(therapy, effect);
    const std::string& last = path.back();
    const std::string end = network.comparator(last, effect), key = network.comparison(last, effect);
    if (end == "none") return;
    if (key.empty() && effect == "pira") {  // what is left of worsening when relapses have taken their share
      follow(last, network, "relapse");
      return follow(last, network, "worsening", std::move(followed));
    }
    if (key.empty() && effect == "worsening" && !network.comparison(last, "pira").empty())
      return follow(last, network, "pira", std::move(followed));
    if (key.empty()) {
      const std::string own = "therapies." + last + "." + effect;
      return refuse("therapies." + therapy + ".kind",
                    fmt::format("the effect on {} of '{}' does not lead to no treatment: '{}' has no key '{}'", effect,
                                therapy, last, own),
                    "add it with `versus`, or compare with a therapy that has it");
    }
    if (!parameters_.is_sound(key)) return;  // its own mistake is reported
    if (end.empty()) {
      return refuse(key, fmt::format("the effect '{}' names no comparator", key),
                    "add `versus`: \"none\" for no treatment, or another therapy");
    }
    if (std::ranges::find(path, end) != path.end()) {
      return refuse(key, fmt::format("the comparisons of '{}' run in a circle at '{}'", therapy, end),
                    "let one of them be against none or a therapy outside the circle");
    }
    const auto nearest = nearest_name(end, therapies_);
    refuse(key, fmt::format("the comparator '{}' is not a therapy of the scenario", end),
           nearest ? fmt::format("did you mean '{}'?", *nearest) : "include its file, or name another");
  }

  /// A comparator whose worsening ratio is smaller than its relapse-associated part leaves nothing for the rest.
  void possible_pira(const std::string& therapy, const Network& network) {
    const double share = parameters_.number(share_key);
    const double rest = network.effects(therapy).worsening - share * network.against_none(therapy, "relapse");
    if (rest >= 0) return;
    refuse(
        network.comparison(therapy, "pira"),
        fmt::format("at a relapse-associated share of {}, a comparator of '{}' would have a negative hazard ratio of "
                    "progression independent of relapses",
                    share, therapy),
        fmt::format("lower '{}': its comparators' worsening ratio must exceed share x relapse ratio", share_key));
  }

  const ParameterSet& parameters_;
  const std::vector<std::string> therapies_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics check_network(const ParameterSet& parameters) { return NetworkCheck(parameters).found(); }

}  // namespace myelin::ms
