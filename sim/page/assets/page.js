'use strict';
// Draws the figures of the page, fills in the tables of their data, and moves all that depends on the threshold.
(() => {
  const page = JSON.parse(document.getElementById('page-data').textContent);
  const views = new Map();  // figure -> view, once it is drawn
  const threshold = {index: page.decision ? page.decision.first : 0};

  const number = (value, decimals) =>
    value.toLocaleString('en-GB', {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const palette = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `var(--c${i})`);
  const config = {
    background: null, padding: 4, font: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
    view: {stroke: 'var(--line)'},
    axis: {labelColor: 'var(--ink)', titleColor: 'var(--ink)', gridColor: 'var(--line)', domainColor: 'var(--soft)',
      tickColor: 'var(--soft)', labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 260},
    legend: {labelColor: 'var(--ink)', titleColor: 'var(--ink)', labelFontSize: 12, titleFontSize: 12, orient: 'bottom',
      symbolStrokeWidth: 2, symbolSize: 120, titleFontWeight: 'normal'},
    header: {labelColor: 'var(--ink)', titleColor: 'var(--ink)', labelFontSize: 12, labelFontWeight: 'bold'},
    title: {color: 'var(--ink)'},
    text: {color: 'var(--ink)'}, rule: {color: 'var(--soft)'}, line: {strokeWidth: 2},
    bar: {color: 'var(--c0)'}, point: {filled: true, size: 50, color: 'var(--c0)'},
    range: {category: palette, symbol: ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'stroke']},
  };

  // A specification for the room that there is: widths of 'container' and panels side by side.
  const fitted = (figure, width) => {
    const spec = structuredClone(figure.spec);
    spec.$schema = 'https://vega.github.io/schema/vega-lite/v5.json';
    spec.data = {values: figure.rows.map((row) => Object.fromEntries(row.map((cell, i) => [figure.fields[i].name, cell])))};
    const room = Math.max(220, Math.min(width, 960));
    if (figure.panels) {
      const columns = Math.max(1, Math.min(figure.panels, Math.floor(room / 270)));
      spec.columns = columns;
      spec.spec.width = Math.floor((room - 60) / columns) - 40;
    } else {
      spec.width = room - 20;
      spec.autosize = {type: 'fit-x', contains: 'padding'};
    }
    if (page.decision && figure.threshold) {
      for (const parameter of spec.params ?? []) {
        if (parameter.name === 'threshold') parameter.value = page.decision.thresholds[threshold.index];
      }
    }
    return spec;
  };

  // Legends in as many columns, and labels as long, as there is room for.
  const config_for = (width) => ({...config,
    axisY: {labelLimit: Math.round(0.4 * width)},
    legend: {...config.legend, columns: Math.max(1, Math.floor(width / 240)), labelLimit: Math.min(380, width - 60)}});

  const draw = async (figure, element) => {
    const room = element.clientWidth;
    element.dataset.room = room;
    views.get(figure)?.finalize();
    element.replaceChildren();
    views.set(figure, await charts.draw(fitted(figure, room), config_for(room), element));
    const svg = element.querySelector('svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `${figure.title}. ${figure.alt}`);
    svg.setAttribute('focusable', 'false');
  };

  const cell = (value, field) => {
    if (value === null) return make('td', '');
    if (typeof value !== 'number') return make('td', value);
    return make('td', field.decimals === undefined ? String(value) : number(value, field.decimals), {class: 'num'});
  };

  const table_of = (fields, rows) => {
    const table = make('table'), head = table.createTHead().insertRow(), body = table.createTBody();
    for (const field of fields) head.append(make('th', field.title, {scope: 'col', class: field.decimals === undefined ? '' : 'num'}));
    for (const row of rows) body.insertRow().append(...row.map((value, i) => cell(value, fields[i])));
    return table;
  };

  // The picture as a file of its own: colours that the page names become those that it shows.
  const download = (figure, element) => {
    const style = getComputedStyle(document.documentElement);
    const svg = element.querySelector('svg').cloneNode(true);
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const paper = make('rect');
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [key, value] of [['width', '100%'], ['height', '100%'], ['fill', 'var(--paper)']]) ground.setAttribute(key, value);
    svg.prepend(ground);
    const text = new XMLSerializer().serializeToString(svg).replace(/var\((--[a-z0-9]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    const link = make('a', undefined, {download: `${figure.id}.svg`, href: URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'}))});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const equip = (figure) => {
    const place = document.getElementById(`figure-${figure.id}`);
    const chart = place.querySelector('.chart'), details = place.querySelector('details');
    place.querySelector('button').addEventListener('click', () => download(figure, chart));
    details.addEventListener('toggle', () => {
      const holder = details.querySelector('.scroll');
      if (details.open && !holder.firstChild) holder.append(table_of(figure.fields, figure.rows));
    });
    return chart;
  };

  const show_decision = () => {
    const decision = page.decision, i = threshold.index;
    document.getElementById('threshold-value').textContent = `${number(decision.thresholds[i], 0)} ${page.currency} per QALY`;
    document.getElementById('threshold').setAttribute('aria-valuetext', `${number(decision.thresholds[i], 0)} ${page.currency} per QALY`);
    document.getElementById('threshold-words').textContent = decision.words[i];
    const table = table_of(decision.fields, decision.rows[i]);
    table.querySelectorAll('tbody tr').forEach((row, s) => row.classList.toggle('best', s === decision.best[i]));
    document.getElementById('threshold-table').replaceChildren(table);
    for (const [figure, view] of views) {
      if (figure.threshold) view.signal('threshold', decision.thresholds[i]).runAsync();
    }
  };

  const start = async () => {
    if (page.decision) {
      const slider = document.getElementById('threshold');
      slider.addEventListener('input', () => {
        threshold.index = Number(slider.value);
        show_decision();
      });
      show_decision();
    }
    const drawn = [];
    for (const figure of page.figures) {
      const chart = equip(figure);
      await draw(figure, chart);
      drawn.push([figure, chart]);
    }
    let timer = 0;
    addEventListener('resize', () => {
      clearTimeout(timer);
      timer = setTimeout(() => drawn.filter(([, chart]) => Number(chart.dataset.room) !== chart.clientWidth).forEach(([figure, chart]) => draw(figure, chart)), 150);
    });
    document.documentElement.dataset.drawn = drawn.length;
  };
  start();
})();
