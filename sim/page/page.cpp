#include "page/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/build_info.hpp"
#include "page/appendix.hpp"
#include "page/assets.hpp"
#include "report/conventions.hpp"
#include "report/json.hpp"
#include "report/section_support.hpp"
#include "report/tables.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;
using report::Document;
using report::escape_html;
using report::Section;

constexpr int heading_level = 3;

/// Numbers of pictures need no more digits than an eye or a table can tell.
void shorten(Json& value) {
  if (value.is_number_float()) value = std::stod(fmt::format("{:.7g}", value.get<double>()));
  if (value.is_structured()) {
    for (Json& each : value) shorten(each);
  }
}

/// JSON that can stand in an element of a page: nothing in it ends the element.
std::string embedded(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    c == '<' ? void(text += "\\u003c") : text.push_back(c);
  return text;
}

struct Chapter {
  std::string id, title;
  std::string html;  ///< what stands before the figures
  std::vector<Figure> figures;
  std::string after;  ///< what stands behind them

  bool empty() const { return html.empty() && figures.empty() && after.empty(); }
};

std::string figure_html(const Figure& figure) {
  return fmt::format(
      "<figure id=\"figure-{0}\"><h3>{1}</h3><div class=\"chart\"></div><figcaption>{2}{3}</figcaption>"
      "<div class=\"tools\"><button type=\"button\" aria-label=\"Download the figure {1} as SVG\">Download SVG</button>"
      "<details><summary>Data of this figure</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Data of the figure {1}\"></div></details></div></figure>\n",
      figure.id, escape_html(figure.title), escape_html(figure.alt),
      figure.note.empty() ? "" : " " + escape_html(figure.note));
}

Json figure_json(const Figure& figure) {
  Json fields = Json::array();
  for (const Field& field : figure.fields) {
    fields.push_back({{"name", field.name}, {"title", field.title}});
    if (field.decimals) fields.back()["decimals"] = *field.decimals;
  }
  return {{"id", figure.id},     {"title", figure.title}, {"alt", figure.alt},       {"fields", std::move(fields)},
          {"rows", figure.rows}, {"spec", figure.spec},   {"panels", figure.panels}, {"threshold", figure.threshold}};
}

std::string chapter_html(const Chapter& chapter) {
  std::string html = fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n{2}", chapter.id,
                                 escape_html(chapter.title), chapter.html);
  for (const Figure& figure : chapter.figures) html += figure_html(figure);
  return html + chapter.after + "</section>\n";
}

std::string list_html(const std::vector<std::string>& sentences) {
  std::string html = "<ul>\n";
  for (const std::string& sentence : sentences) html += "<li>" + escape_html(sentence) + "</li>\n";
  return html + "</ul>\n";
}

/// What the page answers, gathered once.
struct Answers {
  Json json;  ///< of `analyse`
  std::vector<Section> sections;
  std::vector<Decision> at_slider, at_run;  ///< at the slider's thresholds, and at those of the run among them
};

Result<Answers> gather(const report::Material& material) {
  Answers answers;
  Result<Json> json =
      report::to_json(material.run, material.run.thresholds, material.reference, report::ShownConventions::of_run);
  if (!json) return tl::unexpected(json.error());
  answers.json = std::move(*json);
  Result<std::vector<Section>> sections = report::make_sections(material);
  if (!sections) return tl::unexpected(sections.error());
  answers.sections = std::move(*sections);
  for (const Section& section : answers.sections) answers.json[section.key] = section.json;
  Result<std::vector<Decision>> decisions = decisions_at(material, slider_thresholds(material.run));
  if (!decisions) return tl::unexpected(decisions.error());
  answers.at_slider = std::move(*decisions);
  for (const double threshold : material.run.thresholds) {
    const auto found = std::ranges::find(answers.at_slider, threshold, &Decision::threshold);
    if (found != answers.at_slider.end()) answers.at_run.push_back(*found);
  }
  return answers;
}

/// What the slider shows at each of its thresholds.
Json slider_json(const results::RunResults& run, const Answers& answers) {
  const bool uncertain = !answers.at_slider.front().probability.empty();
  Json json = {{"thresholds", Json::array()},
               {"first", 0},
               {"words", Json::array()},
               {"best", Json::array()},
               {"rows", Json::array()}};
  json["fields"] = {{{"title", "Strategy"}}, {{"title", "Net monetary benefit, " + run.currency}, {"decimals", 0}}};
  if (uncertain) {
    json["fields"].push_back({{"title", "Probability best, %"}, {"decimals", 1}});
    json["fields"].push_back({{"title", "Expected loss, " + run.currency}, {"decimals", 0}});
  }
  for (std::size_t i = 0; i < answers.at_slider.size(); ++i) {
    const Decision& decision = answers.at_slider[i];
    if (decision.threshold == run.thresholds.front()) json["first"] = i;
    json["thresholds"].push_back(decision.threshold);
    json["words"].push_back(in_words(run, decision));
    json["best"].push_back(decision.best);
    Json rows = Json::array();
    for (std::size_t s = 0; s < decision.net_benefit.size(); ++s) {
      rows.push_back({report::label(run.analyses.front(), s), decision.net_benefit[s]});
      if (uncertain) {
        rows.back().push_back(100 * decision.probability[s]);
        rows.back().push_back(decision.loss[s]);
      }
    }
    json["rows"].push_back(std::move(rows));
  }
  return json;
}

std::string slider_html(const Answers& answers, std::size_t first) {
  return fmt::format(
      "<div class=\"slider\"><label for=\"threshold\">Willingness to pay: <output id=\"threshold-value\" "
      "for=\"threshold\"></output></label><input type=\"range\" id=\"threshold\" min=\"0\" max=\"{}\" step=\"1\" "
      "value=\"{}\"><p id=\"threshold-words\" aria-live=\"polite\"></p><div class=\"scroll\" id=\"threshold-table\" "
      "tabindex=\"0\" role=\"region\" aria-label=\"Strategies at this threshold\"></div></div>\n",
      answers.at_slider.size() - 1, first);
}

std::string html_of(const Document& document) { return report::to_html(document, heading_level); }

/// The sections with these keys, in this order; taken ones are noted.
std::string sections_html(const Answers& answers, std::set<std::string>& shown,
                          std::initializer_list<const char*> keys) {
  std::string html;
  for (const std::string key : keys) {
    const auto found = std::ranges::find(answers.sections, key, &Section::key);
    if (found == answers.sections.end()) continue;
    shown.insert(key);
    html += html_of(found->document);
  }
  return html;
}

Result<std::string> outcome_tables(const report::Material& material) {
  const auto incremental = report::incremental_table(material.run, 0),
             pairwise = report::pairwise_table(material.run, 0, material.reference),
             benefit = report::net_benefit_table(material.run, 0);
  for (const auto* table : {&incremental, &pairwise, &benefit}) {
    if (!*table) return tl::unexpected(table->error());
  }
  return html_of(report::summary_table(material.run, 0)) + html_of(*incremental) + html_of(*pairwise) +
         html_of(*benefit);
}

Result<std::vector<Chapter>> chapters_of(const PageRequest& request, const Answers& answers) {
  const report::Material& material = request.material;
  const results::RunResults& run = material.run;
  const PageMaterial page{material, answers.json, answers.at_slider};
  const Result<std::string> tables = outcome_tables(material);
  if (!tables) return tl::unexpected(tables.error());
  const auto conventions = report::convention_tables(run, 0, material.reference);

  std::set<std::string> shown;
  std::vector<Chapter> chapters;
  chapters.push_back({"outcomes", "Costs and outcomes", *tables, composition_figures(page),
                      sections_html(answers, shown, {"composition"})});
  chapters.push_back(
      {"course", "Course of the disease", "", course_figures(page), html_of(report::counts_table(run, 0))});
  chapters.push_back({"uncertainty", "Uncertainty",
                      sections_html(answers, shown, {"probabilistic", "decision_uncertainty"}),
                      uncertainty_figures(page), sections_html(answers, shown, {"voi"})});
  chapters.push_back(
      {"sensitivity", "Sensitivity", "", sensitivity_figures(page), sections_html(answers, shown, {"sensitivity"})});
  chapters.push_back(
      {"scenarios", "Other assumptions, other patients", "", scenario_figures(page),
       sections_html(answers, shown, {"scenarios", "subgroups"}) + (conventions ? html_of(*conventions) : "")});
  chapters.push_back(
      {"payer", "Prices, budget, severity, equity", "", budget_figures(page),
       sections_html(answers, shown, {"budget_impact", "prices", "doses", "agreements", "severity", "equity"}) +
           (request.access ? html_of(*request.access) : "")});
  chapters.push_back({"precision", "Precision of the simulation", "", convergence_figures(page),
                      sections_html(answers, shown, {"means_over_draws"})});
  chapters.push_back(
      {"validation", "Validation", "", validation_figures(page), sections_html(answers, shown, {"validation"})});
  std::string rest;
  for (const Section& section : answers.sections) {
    if (!shown.contains(section.key)) rest += html_of(section.document);
  }
  chapters.push_back({"further", "Further questions", rest, {}, ""});
  const scenario::Scenario& scenario = material.scenario;
  chapters.push_back({"inputs",
                      "Inputs",
                      html_of(evidence_summary(run)) + html_of(unread_inputs(run)),
                      {},
                      "<details><summary>All inputs</summary>" + html_of(input_table(run)) +
                          "</details><details><summary>All sources</summary>" + html_of(source_table(run, scenario)) +
                          "</details>\n"});
  chapters.push_back({"assumptions",
                      "Assumptions",
                      html_of(assumptions(run, request.model.remarks(scenario.parameters),
                                          request.model.implications(scenario.parameters))),
                      {},
                      ""});
  chapters.push_back({"cheers", "Reporting checklist (CHEERS 2022)", html_of(checklist(page)), {}, ""});
  chapters.push_back({"reproduction", "How to reproduce this", html_of(reproduction(run, request.digest)), {}, ""});
  std::erase_if(chapters, [](const Chapter& chapter) { return chapter.empty(); });
  return chapters;
}

std::string lead(const results::RunResults& run) {
  const results::AnalysisResult& base = run.analyses.front();
  const double years = static_cast<double>(base.timing.cycles) * base.timing.cycle_length.value;
  std::string text =
      fmt::format("{} strategies over {:g} years; {}, prices of {}; costs discounted at {}, QALYs at {}.",
                  base.strategies.size(), years, run.currency.empty() ? "no currency" : run.currency,
                  run.price_year.empty() ? "no stated year" : run.price_year,
                  report::discount_in_words(base.discount_cost), report::discount_in_words(base.discount_qaly));
  if (run.probabilistic)
    text += fmt::format(" Means over {} draws of the uncertain inputs.",
                        report::format_number(static_cast<double>(run.probabilistic->draws), 0));
  if (run.patients > 0)
    text += fmt::format(" {} simulated patients a strategy{}; ± is the Monte Carlo standard error.",
                        report::format_number(static_cast<double>(report::decisive_analysis(run).patients), 0),
                        run.probabilistic ? " in each" : "");
  return text;
}

std::string question(const results::RunResults& run) {
  std::vector<std::string> names;
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s)
    names.push_back(report::label(run.analyses.front(), s));
  return fmt::format("Which of {} makes the best use of money?", fmt::join(names, ", "));
}

}  // namespace

Result<std::string> page(const PageRequest& request) {
  const results::RunResults& run = request.material.run;
  const Result<Answers> answers = gather(request.material);
  if (!answers) return tl::unexpected(answers.error());
  const Result<std::vector<Chapter>> chapters = chapters_of(request, *answers);
  if (!chapters) return tl::unexpected(chapters.error());

  Json data = {{"currency", run.currency}, {"figures", Json::array()}};
  std::string slider;
  if (!answers->at_slider.empty()) {
    data["decision"] = slider_json(run, *answers);
    slider = slider_html(*answers, data["decision"]["first"].get<std::size_t>());
  }
  std::string navigation, body, remarks;
  for (const Chapter& chapter : *chapters) {
    navigation += fmt::format("<li><a href=\"#{}\">{}</a></li>", chapter.id, escape_html(chapter.title));
    body += chapter_html(chapter);
    for (const Figure& figure : chapter.figures) data["figures"].push_back(figure_json(figure));
  }
  shorten(data["figures"]);
  const PageMaterial material{request.material, answers->json, answers->at_slider};
  for (const std::string& remark : request.remarks) remarks += "<p class=\"warn\">" + escape_html(remark) + "</p>\n";
  return fmt::format(
      fmt::runtime(assets::frame), fmt::arg("version", build_info().version), fmt::arg("title", escape_html(run.title)),
      fmt::arg("style", assets::style), fmt::arg("lead", escape_html(lead(run))), fmt::arg("remarks", remarks),
      fmt::arg("question", escape_html(question(run))),
      fmt::arg("answer", list_html(answer_in_words(material, answers->at_run, request.unread))),
      fmt::arg("slider", slider), fmt::arg("navigation", navigation), fmt::arg("body", body),
      fmt::arg("data", embedded(data)), fmt::arg("charts", assets::charts), fmt::arg("script", assets::script));
}

}  // namespace myelin::page
