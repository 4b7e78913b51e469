// What a page of `myelin report` needs of Vega and Vega-Lite: from a specification to a drawing. Expressions are
// interpreted rather than turned into code, so that the page can forbid evaluation.
import {parse, View} from 'vega';
import {expressionInterpreter} from 'vega-interpreter';
import {compile} from 'vega-lite';

export function draw(specification, config, element) {
  const compiled = compile(specification, {config});
  const runtime = parse(compiled.spec, {}, {ast: true});
  const view = new View(runtime, {renderer: 'svg', container: element, hover: false, expr: expressionInterpreter});
  return view.runAsync();
}
