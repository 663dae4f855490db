// Opens HTML reports in Chromium as a reader does: node page.mjs FILE...
// Prints each problem and exits 1; 3 where playwright-core or Chromium is not installed.
// HARNESS_SHOTS names a folder for pictures of each page.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const packages = createRequire(path.join(path.resolve(process.env.HARNESS_VALIDATORS ?? '.'), 'package.json'));
const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => path.join(folder, name)))
  .find((file) => fs.existsSync(file));
let playwright;
try {
  playwright = packages('playwright-core');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
}
if (!playwright || !chromium) {
  console.log('playwright-core or Chromium is not installed');
  process.exit(3);
}

const problems = [];
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-'));
const browser = await playwright.chromium.launchPersistentContext(profile, {
  executablePath: chromium,
  headless: true,
  timeout: 120_000,
  viewport: { width: 1280, height: 900 },
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
}).catch((error) => {
  console.log(`Chromium does not start here: ${error.message.split('\n')[0]}`);
  process.exit(3);
});

/** A page of `file`; whatever it asks for, prints as an error or opens is a problem. */
async function open(file, what, settings) {
  const say = (text) => problems.push(`${path.basename(file)} (${what}): ${text}`);
  const context = await browser.browser()?.newContext(settings) ?? browser;
  const page = await context.newPage();
  const address = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url() !== address) say(`it asks for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') say(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => say(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    say(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.setDefaultTimeout(120_000);
  await page.goto(address);
  return { page, say };
}

async function shot(page, file, what) {
  if (!process.env.HARNESS_SHOTS) return;
  fs.mkdirSync(process.env.HARNESS_SHOTS, { recursive: true });
  const name = `${path.basename(file, '.html')}-${what}.png`;
  await page.screenshot({ path: path.join(process.env.HARNESS_SHOTS, name), fullPage: false });
}

/** Of the page as it is shown: no element that a policy's text could have made, nothing too wide. */
async function look(page, say, width) {
  const found = await page.evaluate(() => ({
    style: document.styleSheets.length,
    text: document.body.innerText.trim().length,
    scripts: document.querySelectorAll('script').length,
    strange: [...document.querySelectorAll('body *')].map((one) => one.localName).filter((name) =>
      !['a', 'b', 'code', 'details', 'div', 'dd', 'dl', 'dt', 'footer', 'h1', 'h2', 'h3', 'header', 'input', 'label', 'li',
        'main', 'mark', 'p', 'pre', 'script', 'section', 'span', 'summary', 'table', 'tbody', 'td', 'th', 'thead', 'time', 'tr',
        'ul'].includes(name)),
    handlers: [...document.querySelectorAll('*')].filter((one) =>
      [...one.attributes].some(({ name }) => name.startsWith('on'))).length,
    wide: document.documentElement.scrollWidth,
  }));
  if (found.style !== 1) say(`${found.style} style sheets, expected 1`);
  if (found.text === 0) say('it shows nothing');
  if (found.scripts > 1) say(`${found.scripts} scripts, expected one at most`);
  if (found.strange.length > 0) say(`elements ${[...new Set(found.strange)]}`);
  if (found.handlers > 0) say(`${found.handlers} event handlers`);
  if (found.wide > width) say(`it is ${found.wide} wide in a window of ${width}`);
}

const visible = (page, selector) => page.evaluate((one) =>
  [...document.querySelectorAll(one)].filter((item) => item.checkVisibility()).length, selector);

/** The switches by verdict are style alone, the search is the page's script. */
async function filters(page, say) {
  const of = await page.evaluate(() => ({
    passed: document.querySelectorAll('.case.passed').length,
    blocks: document.querySelectorAll('.block').length,
    failed: document.querySelectorAll('.block.failed').length,
  }));
  if (of.blocks === 0) return;
  await page.evaluate(() => document.querySelectorAll('.policy').forEach((one) => { one.open = true; }));
  if ((await visible(page, '.case.passed')) !== of.passed) say('not all passed cases are shown');
  await page.locator('label[for=show-passed]').click();
  if ((await visible(page, '.case.passed')) !== 0) say('passed cases are shown after they were switched off');
  await page.locator('label[for=show-passed]').click();
  await page.locator('label[for=show-failed]').click();
  if ((await visible(page, '.block')) !== of.blocks - of.failed) say('failures are shown after they were switched off');
  await page.locator('label[for=show-failed]').click();
  const name = await page.locator('.block').first().getAttribute('data-name');
  await page.locator('#filter').fill(name.toUpperCase());
  if ((await visible(page, '.block')) < 1) say(`a search for ${name} finds nothing`);
  await page.locator('#filter').fill('no case is called so');
  if ((await visible(page, '.case')) + (await visible(page, '.policy')) !== 0) say('a search for nothing finds something');
  await page.locator('#filter').fill('');
  if ((await visible(page, '.block')) !== of.blocks) say('an emptied search does not show all failures again');
}

for (const file of process.argv.slice(2)) {
  for (const colorScheme of ['light', 'dark']) {
    const { page, say } = await open(file, `${colorScheme}, no script`, { colorScheme, javaScriptEnabled: false });
    // The page runs nothing; questions of ours do.
    const paper = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    if (/rgb\((\d+)/.exec(paper)?.[1] < 128 !== (colorScheme === 'dark')) say(`the page is ${paper}`);
    if ((await page.locator('h1').count()) !== 1) say('no heading');
    if ((await visible(page, '#filter')) !== 0) say('a search is offered that does nothing');
    await shot(page, file, colorScheme);
    await page.close();
  }
  for (const width of [1280, 480]) {
    const { page, say } = await open(file, `${width} wide`, { viewport: { width, height: 900 } });
    await look(page, say, width);
    await shot(page, file, width);
    if (width === 1280) await filters(page, say);
    await page.close();
  }
}
await browser.close();
fs.rmSync(profile, { recursive: true, force: true });
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
