// Makes the script that pages of `myelin report` draw their charts with, and the licences of what is in it.
//
//   cd scripts/charts && npm ci && node build.mjs [FOLDER]
//
// FOLDER is sim/page/assets unless it is named. The result is in the repository, so that building myelin needs no npm.
import {build} from 'esbuild';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, '../../sim/page/assets');

const result = await build({
  entryPoints: [join(here, 'charts.js')],
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'charts',
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  write: false,
});

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}

const licences = [];
for (const name of [...packages].sort()) {
  const at = join(here, 'node_modules', name);
  const {version, license} = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  const file = readdirSync(at).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(at, file), 'utf8').trim() : 'No text comes with this package; that of vega-lite, by the same authors, holds.';
  licences.push(`${name} ${version} (${license})\n\n${text}\n`);
}

const code = result.outputFiles[0].text;
if (/<\/script|<!--/i.test(code)) throw new Error('the script would end the element of a page that it stands in');
const banner = '/* Vega, Vega-Lite, D3 and others, under BSD, ISC and MIT licences: charts.licences.txt of myelin */\n';
writeFileSync(join(folder, 'charts.min.js'), banner + code);
writeFileSync(join(folder, 'charts.licences.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
console.log(`${folder}: ${code.length} characters, ${packages.size} packages`);
