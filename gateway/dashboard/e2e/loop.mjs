// The operator's loop in a real Chromium: node e2e/loop.mjs LINK PROJECT [SHOTS]
// LINK is what `heddle open` prints; SHOTS a folder for pictures of every page. Prints what was done; fails otherwise.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const { default: AxeBuilder } = createRequire(import.meta.url)('@axe-core/playwright');
const [link, project, shots] = process.argv.slice(2);
const base = new URL(link).origin;
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
assert(executablePath, 'no Chromium: install the package chromium, or set CHROMIUM to its path');

const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const complaints = [];
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    // Asking who is signed in, before anybody is, is answered with 401.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(`console: ${message.text()}`);
  });

  await page.goto(link);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  assert(!page.url().includes('#'), 'the code is still in the address');
  const [cookie] = await context.cookies();
  assert(cookie.httpOnly && cookie.sameSite === 'Strict', 'the cookie can be stolen');
  console.log('signed in');

  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New thread' });
  await dialog.getByLabel('Project').selectOption(project);
  await dialog.getByLabel('What the agent is to do').fill('echo begun-$((40+2)); sleep 3; echo "**over-$((40+2))**"');
  await dialog.getByLabel('What the agent is to do').press('Control+Enter');
  await page.waitForURL(/\/threads\/[0-9a-f-]{36}$/);
  const thread = new URL(page.url()).pathname;
  const log = page.getByRole('log', { name: 'Transcript' });
  await log.getByText('begun-42').first().waitFor();
  console.log('saw it run');
  await context.setOffline(true);
  await context.setOffline(false);
  await page.getByText('Run completed').waitFor();
  await log.getByText('over-42').first().waitFor();
  assert.equal(await log.getByText('begun-42').count(), 1, 'output is shown once');
  console.log('saw it complete');

  await page.getByLabel('Message').fill('echo second-$((40+2))');
  await page.getByLabel('Message').press('Enter');
  await log.getByText('second-42').first().waitFor();
  await page.reload();
  await log.getByText('second-42').first().waitFor();
  assert.equal(await log.getByText('begun-42').count(), 1, 'after a reload too');
  console.log('said more, and reloaded');

  await page.goto(`${base}/projects/${project}`);
  await page.locator('button[data-row]').first().click();
  await page.getByRole('dialog', { name: 'Session' }).getByRole('log').waitFor();
  console.log('opened the conversation of a session');

  const session = new URL(page.url()).searchParams.get('session');
  const places = ['/', '/threads', thread, '/sessions', `/sessions/${session}`, '/projects', `/projects/${project}`, '/machines'];
  if (shots) mkdirSync(shots, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      for (const place of places) {
        await page.goto(base + place);
        await page.getByRole('main').getByRole('heading').first().waitFor({ state: 'attached' });
        // Rows, or the word that there are none: not the skeleton.
        await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const one of violations) complaints.push(`axe ${colorScheme} ${width} ${place}: ${one.id}: ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].any[0]?.message ?? ''}`);
        if (shots) await page.screenshot({ path: `${shots}/${place.replaceAll('/', '_').slice(0, 24)}-${width}-${colorScheme}.png` });
      }
    }
  }
  assert.deepEqual([...new Set(complaints)], []);
  console.log('nothing to complain of on any page');
} finally {
  await browser.close();
}
