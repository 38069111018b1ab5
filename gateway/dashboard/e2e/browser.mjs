// A real Chromium, and what a page must never do while it is looked at.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** As other test runners have it: there is nothing to run the test with. */
const SKIPPED = 77;

export async function launch() {
  const executablePath = PLACES.find((path) => path && existsSync(path));
  if (!executablePath) {
    console.log('no Chromium: install the package chromium, or set CHROMIUM to its path');
    process.exit(SKIPPED);
  }
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** What the pages of a context complained of, so that a test can fail for it. */
export function complaintsOf(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    // Who is signed in is answered with 401 before anybody is; a comparison that was not asked for, with 404; a
    // connection that the test cuts is lost.
    const expected = [/401/.test(message.text()) && url.endsWith('/api/sign-in'), /404/.test(message.text()) && /\/diff(\?|$)/.test(url), message.text().includes('ERR_INTERNET_DISCONNECTED')];
    if (!expected.includes(true)) complaints.push(`console: ${message.text()} ${url}`);
  });
  return complaints;
}

/** Colours that fade would be seen half way. */
export const settled = (page) =>
  page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => {}))));

/**
 * Runs steps one after another. One that fails is told with a picture where one is wanted, and does not keep the
 * others from being seen; `failures` has them at the end.
 */
export function steps(page, shots) {
  const began = performance.now();
  const failures = [];
  const step = async (name, work) => {
    const from = performance.now();
    const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
    try {
      await work();
      console.log(`${name} (${seconds(from)} s of ${seconds(began)} s)`);
    } catch (error) {
      failures.push(name);
      console.log(`FAILED: ${name} at ${page.url()}: ${error.stack}`);
      if (shots) await page.screenshot({ path: `${shots}/failed-${failures.length}.png` }).catch(() => {});
      await page.keyboard.press('Escape');
    }
  };
  return { step, failures };
}
