// Opens reports in a real browser: nothing is fetched, every figure is drawn, the slider says what `analyse` says, tables
// have the numbers of the results file, and a phone or a keyboard will do.
//
// usage: browser_test.mjs MYELIN SOURCE_FOLDER WEB_FOLDER CHROMIUM PYTHON [SCREENSHOT_FOLDER]
//
// WEB_FOLDER has the node_modules of scripts/charts. Screenshots are kept where a folder for them is named.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [myelin, source, web, chromium, python, pictures] = process.argv.slice(2);
const {chromium: browsers} = createRequire(join(web, 'package.json'))('playwright-core');

const call = (...words) => execFileSync(myelin, words, {encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe']});

const READ_MEANS = `
import h5py, json, sys
analyses = h5py.File(sys.argv[1])["analyses"]
group = analyses["base"]
names = [each.decode() for each in group["outcome"][:]]
labels = [each.decode() for each in group["strategy_label"][:]]
mean = group["mean"][:].mean(axis=0)
print(json.dumps({label: {name: mean[s, names.index(name), 0] for name in ("cost", "qaly")} for s, label in enumerate(labels)}))
`;

const runs = [
  {name: 'dossier', scenario: 'scenarios/ms/dossier_uk.toml', figures: 15,
    options: ['--engine', 'microsimulation', '--patients', '1000', '--draws', '60', '--patients-per-draw', '100',
      '--strategies', 'best_supportive_care,ocrelizumab,natalizumab,alemtuzumab,fingolimod,ahsct']},
  {name: 'example', scenario: 'scenarios/examples/sick_sicker_four_strategies.toml', figures: 2, options: []},
];

const number = (text) => Number(text.replaceAll(',', ''));

async function open(browser, path, options = {}) {
  const page = await browser.newPage(options);
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url() !== pathToFileURL(path).href) complaints.push(`request of ${request.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('html[data-drawn]', {state: 'attached', timeout: 60000});
  return {page, complaints};
}

async function check_figures(page, least) {
  const figures = await page.$$eval('figure', (all) => all.map((figure) => {
    const svg = figure.querySelector('.chart svg');
    const marks = svg ? [...svg.querySelectorAll('.mark-symbol path, .mark-line path, .mark-area path, .mark-rect path, .mark-rule line')] : [];
    return {id: figure.id, role: svg?.getAttribute('role'), label: svg?.getAttribute('aria-label') ?? '',
      marks: marks.filter((mark) => !mark.closest('.role-axis, .role-legend')).length,
      undefinedNumbers: svg ? (svg.outerHTML.match(/NaN|undefined/g) ?? []).length : -1};
  }));
  assert(figures.length >= least, `${figures.length} figures, not ${least}`);
  for (const figure of figures) {
    assert.equal(figure.role, 'img', `${figure.id} has no picture`);
    assert(figure.label.length > 40, `${figure.id} has no text alternative`);
    assert(figure.marks > 1, `${figure.id} shows nothing`);
    assert.equal(figure.undefinedNumbers, 0, `${figure.id} has numbers that are none`);
  }
  return figures;
}

async function check_structure(page) {
  const found = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((each) => Number(each.tagName[1]));
    return {
      twice: ids.filter((id, i) => ids.indexOf(id) !== i),
      jumps: levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).length,
      nameless: [...document.querySelectorAll('button, input, [role=region]')].filter((each) =>
        !each.textContent.trim() && !each.getAttribute('aria-label') && !each.getAttribute('aria-labelledby') && !each.labels?.length).length,
      unscoped: [...document.querySelectorAll('main thead th')].filter((each) => each.scope !== 'col').length,
      broken: [...document.querySelectorAll('a[href^="#"]')].filter((each) => !document.getElementById(each.hash.slice(1))).length,
    };
  });
  assert.deepEqual(found, {twice: [], jumps: 0, nameless: 0, unscoped: 0, broken: 0});
}

async function set_threshold(page, value) {
  await page.evaluate((wanted) => {
    const slider = document.getElementById('threshold');
    slider.value = JSON.parse(document.getElementById('page-data').textContent).decision.thresholds.indexOf(wanted);
    slider.dispatchEvent(new Event('input', {bubbles: true}));
  }, value);
}

async function check_slider(page, results) {
  const thresholds = await page.evaluate(() => JSON.parse(document.getElementById('page-data').textContent).decision.thresholds);
  for (const threshold of [0, thresholds[Math.floor(thresholds.length / 3)], thresholds.at(-1)]) {
    await set_threshold(page, threshold);
    const said = JSON.parse(call('analyse', results, '--json', '--thresholds', String(threshold)));
    const best = said.thresholds[0].best, label = said.strategies.find((each) => each.name === best).label;
    const shown = await page.$$eval('#threshold-table tbody tr', (rows) => rows.map((row) => ({best: row.classList.contains('best'), cells: [...row.cells].map((cell) => cell.textContent)})));
    assert.equal(shown.filter((row) => row.best).length, 1);
    assert.equal(shown.find((row) => row.best).cells[0], label, `best at ${threshold}`);
    const words = await page.textContent('#threshold-words');
    assert(words.includes(label), words);
    said.strategies.forEach((strategy, s) => {
      assert.equal(shown[s].cells[0], strategy.label);
      assert(Math.abs(number(shown[s].cells[1]) - said.thresholds[0].nmb[strategy.name]) <= 0.51, `net benefit of ${strategy.name} at ${threshold}`);
      const uncertain = said.decision_uncertainty?.thresholds[0].strategies[s];
      if (!uncertain) return;
      assert(Math.abs(number(shown[s].cells[2]) - 100 * uncertain.probability_best.mean) <= 0.051, `probability of ${strategy.name} at ${threshold}`);
      assert(Math.abs(number(shown[s].cells[3]) - uncertain.expected_loss.mean) <= 0.51, `loss of ${strategy.name} at ${threshold}`);
    });
  }
}

async function check_tables(page, results) {
  const stored = JSON.parse(execFileSync(python, ['-c', READ_MEANS, results], {encoding: 'utf8'}));
  const rows = await page.$$eval('section[aria-labelledby="outcomes"] table', (tables) =>
    [...tables[0].tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.firstChild.textContent)));
  assert.equal(rows.length, Object.keys(stored).length);
  for (const [label, cost, qaly] of rows) {
    assert(Math.abs(number(cost) - stored[label].cost) <= 0.51, `cost of ${label}: ${cost}`);
    assert(Math.abs(number(qaly) - stored[label].qaly) <= 0.00051, `QALYs of ${label}: ${qaly}`);
  }
}

async function check_data_and_download(page) {
  const figure = page.locator('figure').first();
  await figure.locator('summary').click();
  await figure.locator('tbody tr').first().waitFor();
  const [rows, expected] = await Promise.all([figure.locator('tbody tr').count(),
    page.evaluate(() => JSON.parse(document.getElementById('page-data').textContent).figures[0].rows.length)]);
  assert.equal(rows, expected);
  const [download] = await Promise.all([page.waitForEvent('download'), figure.locator('button').click()]);
  const svg = readFileSync(await download.path(), 'utf8');
  assert(svg.startsWith('<svg') && svg.includes('xmlns="http://www.w3.org/2000/svg"') && !svg.includes('var('), 'not a picture of its own');
}

async function check_keyboard(page) {
  await page.focus('#threshold');
  const before = await page.textContent('#threshold-value');
  await page.keyboard.press('ArrowLeft');
  assert.notEqual(await page.textContent('#threshold-value'), before, 'an arrow key leaves the slider where it is');
}

async function check_narrow(browser, path) {
  const {page, complaints} = await open(browser, path, {viewport: {width: 360, height: 740}});
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, [...document.querySelectorAll('main *')].filter((each) =>
    each.getBoundingClientRect().right > 361 && !each.closest('.scroll, .chart, pre')).map((each) => each.outerHTML.slice(0, 80))]);
  assert(wide[0] <= 360, `${wide[0]} wide on a phone: ${wide[1]}`);
  assert.deepEqual(complaints, []);
  return page;
}

async function check(browser, folder, {name, scenario, figures, options}) {
  const results = join(folder, `${name}.h5`), path = join(folder, `${name}.html`);
  call('run', join(source, scenario), ...options, '--quiet', '-o', results);
  call('report', results, '-o', path, '--quiet');
  const size = readFileSync(path).length;
  assert(size < 3e6, `${size} bytes`);
  const {page, complaints} = await open(browser, path, {viewport: {width: 1200, height: 900}});
  const drawn = await check_figures(page, figures);
  await check_structure(page);
  if (pictures) await page.screenshot({path: join(pictures, `${name}.png`), fullPage: true});
  await check_slider(page, results);
  await check_tables(page, results);
  await check_data_and_download(page);
  await check_keyboard(page);
  await page.emulateMedia({colorScheme: 'dark'});
  if (pictures) await page.screenshot({path: join(pictures, `${name}_dark.png`), fullPage: true});
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)', 'prints are dark');
  assert.deepEqual(complaints, []);
  const phone = await check_narrow(browser, path);
  if (pictures) await phone.screenshot({path: join(pictures, `${name}_phone.png`), fullPage: true});
  console.log(`${name}: ${drawn.length} figures, ${size} bytes`);
}

const folder = mkdtempSync(join(tmpdir(), 'myelin-page-'));
const browser = await browsers.launch({executablePath: chromium, args: ['--no-sandbox', '--headless=new']});
try {
  for (const run of runs) await check(browser, folder, run);
} finally {
  await browser.close();
  rmSync(folder, {recursive: true, force: true});
}
