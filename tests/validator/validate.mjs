// Reads reports as their consumers do: node validate.mjs FORMAT FILE...
// Prints each problem and exits 1; 3 where a consumer's package is not installed.
// Packages are looked for in the folder that HARNESS_VALIDATORS names.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(process.env.HARNESS_VALIDATORS ?? here);
const packages = createRequire(path.join(folder, 'package.json'));
const problems = [];
const say = (file, what) => problems.push(`${path.basename(file)}: ${what}`);

// Only from there: a machine may have an old package of the same name where every program finds it.
function needed(name) {
  if (!fs.existsSync(path.join(folder, 'node_modules', name))) {
    console.log(`the npm package ${name} is not installed`);
    process.exit(3);
  }
  return packages(name);
}

const read = (file) => fs.readFileSync(file, 'utf8');

function checker(schema) {
  const Ajv = needed('ajv').default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  needed('ajv-formats').default(ajv);
  const check = ajv.compile(JSON.parse(read(schema)));
  return (file, what, value) => {
    if (check(value)) return;
    for (const error of check.errors) say(file, `${what}${error.instancePath || '/'} ${error.message}`);
  };
}

const resultSchema = path.join(here, '../../docs/reference/result.schema.json');

function json(files) {
  const check = checker(resultSchema);
  for (const file of files) check(file, '', JSON.parse(read(file)));
}

// An event is a part of the document that `json` gives: put together again, it is one.
function jsonl(files) {
  const check = checker(resultSchema);
  for (const file of files) {
    const lines = read(file).split('\n');
    if (lines.pop() !== '') say(file, 'the last line has no end');
    const events = lines.map((line) => JSON.parse(line));
    events.forEach((event, i) => {
      if (event.seq !== i) say(file, `event ${i} has seq ${event.seq}`);
      if (event.schema !== 'harness/result/1') say(file, `event ${i} has schema ${event.schema}`);
    });
    if (events[0]?.event !== 'run-started') say(file, 'does not begin with run-started');
    if (events.at(-1)?.event !== 'run-finished') say(file, 'does not end with run-finished');
    const known = new Set(['run-started', 'mock-ready', 'case-finished', 'run-finished']);
    for (const { event } of events) if (!known.has(event)) say(file, `unknown event ${event}`);
    const of = (kind) =>
      events.filter((one) => one.event === kind).map(({ schema, event, seq, ...rest }) => rest);
    const whole = {
      schema: 'harness/result/1',
      ...Object.assign({}, ...of('run-started'), ...of('run-finished')),
      mocks: of('mock-ready'),
      cases: of('case-finished'),
    };
    check(file, 'put together: ', whole);
    const { cases, counts } = whole;
    if (counts.passed + counts.failed + counts.errors + counts.skipped !== cases.length)
      say(file, `counts and ${cases.length} cases differ`);
  }
}

function gitlab(files) {
  const check = checker(path.join(here, 'gitlab.schema.json'));
  for (const file of files) {
    const text = read(file);
    if (text.startsWith('\ufeff')) say(file, 'begins with a byte order mark');
    const found = JSON.parse(text);
    check(file, '', found);
    if (new Set(found.map((one) => one.fingerprint)).size !== found.length)
      say(file, 'GitLab shows findings of equal fingerprints as one');
  }
}

function tap(files) {
  const { Parser } = needed('tap-parser');
  for (const file of files) {
    const bad = [];
    const parser = new Parser({ strict: true }, (results) => {
      for (const failure of results.failures) if (failure.tapError) say(file, failure.tapError);
      if (results.plan?.start === undefined || results.plan?.start === null) say(file, 'has no plan');
    });
    const listen = (one) => {
      one.on('extra', (extra) => bad.push(extra));
      one.on('child', listen);
      one.on('assert', (result) => {
        if (!result.ok && !result.skip && result.diag === undefined && one !== parser)
          say(file, `no details were understood below: ${result.name}`);
      });
    };
    listen(parser);
    parser.end(read(file));
    for (const line of bad) say(file, `is no TAP: ${JSON.stringify(line)}`);
  }
}

function sarif(files) {
  const platform = `@microsoft/sarif-multitool-${process.platform}/package.json`;
  needed(platform);
  const folder = path.dirname(packages.resolve(platform));
  const program = path.join(folder, 'Sarif.Multitool');
  fs.chmodSync(program, 0o755); // its install script would do no more
  const work = fs.mkdtempSync(path.join(path.dirname(path.resolve(files[0])), 'sarif-'));
  const log = path.join(work, 'log.json');
  const copies = files.map((file) => path.join(work, `${path.basename(file, '.sarif')}.sarif`));
  files.forEach((file, i) => fs.copyFileSync(file, copies[i]));
  const run = spawnSync(program, ['validate', ...copies, '--output', log, '--log', 'ForceOverwrite', '--rule-kind', 'Sarif',
    '--json-schema', path.join(folder, 'sarif-2.1.0.json')], {
    encoding: 'utf8',
    env: { ...process.env, HOME: work, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', DOTNET_BUNDLE_EXTRACT_BASE_DIR: work },
  });
  if (run.error || !fs.existsSync(log)) {
    say(files[0], `the validator did not run: ${run.error ?? run.stdout + run.stderr}`);
    return;
  }
  for (const { results, tool, invocations } of JSON.parse(read(log)).runs) {
    for (const one of invocations ?? [])
      for (const note of one.toolExecutionNotifications ?? [])
        if (note.level === 'error') say(note.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? log, note.message.text);
    for (const result of results ?? []) {
      const rule = tool.driver.rules?.[result.ruleIndex];
      const level = result.level ?? rule?.defaultConfiguration?.level ?? 'warning';
      // The address of a page about the tool: there is none.
      if (result.message.id === 'Warning_ProvideToolnformationUri') continue;
      if (level === 'error' || level === 'warning')
        say(result.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? log,
          `${level} ${result.ruleId}: ${JSON.stringify(result.message)}`);
    }
  }
}

// The runner takes every line that begins with `::NAME` or holds `##[` or `##vso[` as a command.
function github(files) {
  for (const file of files) {
    const lines = read(file).split(/\r\n|\r|\n/);
    const errors = lines.filter((line) => line.startsWith('::error'));
    if (errors.length > 10) say(file, `${errors.length} errors: GitHub shows ten a step`);
    for (const line of lines) {
      if (line === '') continue;
      const match = /^::error( (?:[a-zA-Z]+=[^,:]*,)*[a-zA-Z]+=[^,:]*)::(.*)$/.exec(line);
      if (!match) say(file, `is no annotation: ${line}`);
      else if (/%(?!25|0A|0D|3A|2C)/.test(match[0])) say(file, `an escape that the runner does not know: ${line}`);
    }
  }
}

function azure(files) {
  for (const file of files) {
    for (const line of read(file).split(/\r\n|\r|\n/)) {
      if (line === '') continue;
      const match = /^##vso\[task\.(logissue|complete) ([^\]]*)\](.*)$/.exec(line);
      if (!match) {
        say(file, `is no logging command: ${line}`);
        continue;
      }
      if (/##(vso)?\[/.test(match[3])) say(file, `a command within a message: ${line}`);
      for (const property of match[2].split(';').filter(Boolean))
        if (!/^(type|sourcepath|linenumber|columnnumber|code|result)=[^;\]]*$/.test(property)) say(file, `property ${property}`);
    }
  }
}

// Nothing of a policy's or a mock's text may become an element, a link or a picture.
function markdown(files) {
  const parser = needed('markdown-it')({ html: true, linkify: false });
  const own = /^(\s|<\/?(details|summary|b|code|sub)( open)?>|<br>|<!--[^>]*-->)*$/;
  for (const file of files) {
    const text = read(file);
    const walk = (tokens) => {
      for (const token of tokens) {
        if (token.type === 'html_inline' && !own.test(token.content)) say(file, `HTML: ${token.content}`);
        if (token.type === 'html_block' && /<\/?(?!details|summary|b>|code>|sub>|br>)[a-z!?]/i.test(token.content.replace(/<\/(b|code|sub)>/g, '')))
          say(file, `HTML: ${token.content}`);
        if (token.type === 'link_open' || token.type === 'image') say(file, `${token.type} ${JSON.stringify(token.attrs)}`);
        if (token.children) walk(token.children);
      }
    };
    walk(parser.parse(text, {}));
    for (const match of text.matchAll(/^\|.*$/gm))
      if (match[0].replace(/\\\|/g, '').split('|').length !== 6 && !text.slice(0, match.index).endsWith('    '))
        say(file, `a row of the table that has not four columns: ${match[0]}`);
    const opened = (text.match(/<details/g) ?? []).length;
    if (opened !== (text.match(/<\/details>/g) ?? []).length) say(file, 'a <details> is not closed');
  }
}

function lcov(files) {
  for (const file of files) {
    const text = read(file);
    if (text !== '' && !/^(TN:.*\nSF:.+\n(DA:[1-9]\d*,\d+\n)*LF:\d+\nLH:\d+\nend_of_record\n)+$/.test(text))
      say(file, 'is no lcov trace');
  }
}

// The page itself is opened by page.mjs, where there is a browser.
function html(files) {
  for (const file of files) {
    const text = read(file);
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(text)?.[1] ?? '';
    const scripts = [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)];
    if (!policy.startsWith("default-src 'none'; ")) say(file, `its content security policy is ${policy}`);
    if (scripts.length !== 1) say(file, `${scripts.length} scripts, expected one`);
    for (const [, script] of scripts) {
      const hash = createHash('sha256').update(script).digest('base64');
      if (!policy.includes(`script-src 'sha256-${hash}'`)) say(file, `its policy does not allow its script, sha256-${hash}`);
    }
    if (/(src|href|action)=|url\(|@import|\son[a-z]+=/i.test(text.replace(/>[^<]*</g, '><').replace(/"[^"]*"/g, '""')))
      say(file, 'it loads or runs something');
    for (const element of ['main', 'details', 'table', 'section', 'div', 'pre', 'span'])
      if (text.split(`<${element}`).length !== text.split(`</${element}>`).length) say(file, `<${element}> is not closed`);
  }
}

// What `harness init --ci` prints, as the three systems document their files.
const steps = {
  'ci-github': (file, found) => {
    if (!('on' in found) || Object.keys(found.jobs ?? {}).length === 0) say(file, 'has no `on` or no jobs');
    for (const [name, job] of Object.entries(found.jobs ?? {})) {
      if (typeof job['runs-on'] !== 'string') say(file, `job ${name} runs nowhere`);
      for (const step of job.steps ?? [{}])
        if (('uses' in step) === ('run' in step)) say(file, `a step needs either \`uses\` or \`run\`: ${JSON.stringify(step)}`);
    }
    return Object.values(found.jobs).flatMap((job) => job.steps.map((step) => step.run ?? ''));
  },
  'ci-gitlab': (file, found) => {
    const known = new Set(['script', 'artifacts', 'image', 'stage', 'rules', 'parallel', 'before_script']);
    const reports = new Set(['junit', 'codequality', 'coverage_report']);
    for (const [name, job] of Object.entries(found)) {
      if (!Array.isArray(job.script)) say(file, `job ${name} has no script`);
      for (const key of Object.keys(job)) if (!known.has(key)) say(file, `job ${name} has ${key}`);
      for (const key of Object.keys(job.artifacts?.reports ?? {})) if (!reports.has(key)) say(file, `report ${key}`);
      if (!['always', 'on_failure', 'on_success'].includes(job.artifacts?.when)) say(file, `artifacts.when is ${job.artifacts?.when}`);
    }
    return Object.values(found).flatMap((job) => job.script);
  },
  'ci-azure': (file, found) => {
    for (const step of found.steps ?? [{}])
      if (('script' in step) === ('task' in step)) say(file, `a step needs either \`script\` or \`task\`: ${JSON.stringify(step)}`);
    return found.steps.map((step) => step.script ?? '');
  },
};
const ci = (system) => (files) => {
  for (const file of files) {
    const commands = steps[system](file, needed('js-yaml').load(read(file)));
    if (!commands.some((line) => line.includes('harness run --report junit='))) say(file, 'does not run harness');
  }
};

const formats = { json, jsonl, gitlab, tap, tap13: tap, sarif, github, azure, markdown, lcov, html };
for (const system of Object.keys(steps)) formats[system] = ci(system);
const [format, ...files] = process.argv.slice(2);
if (!(format in formats) || files.length === 0) {
  console.error(`usage: node validate.mjs ${Object.keys(formats).join('|')} FILE...`);
  process.exit(2);
}
try {
  formats[format](files);
} catch (error) {
  problems.push(`${format}: ${error.stack}`);
}
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
