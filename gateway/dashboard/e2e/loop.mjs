// The operator's loop in a real Chromium: node e2e/loop.mjs LINK PROJECT REPOSITORY [SHOTS]
// LINK is what `heddle open` prints; PROJECT has no repository, REPOSITORY is a project with one; SHOTS is a folder for
// pictures of every page. Prints what was done; fails otherwise.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { complaintsOf, launch, settled, steps } from './browser.mjs';

const { default: AxeBuilder } = createRequire(import.meta.url)('@axe-core/playwright');
const [link, project, repository, shots] = process.argv.slice(2);
const base = new URL(link).origin;
if (shots) mkdirSync(shots, { recursive: true });

const browser = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = complaintsOf(page);
  const { step, failures } = steps(page, shots);
  const log = page.getByRole('log', { name: 'Transcript' });
  const message = page.getByLabel('Message', { exact: true });
  const head = page.getByRole('main').locator('header').first();
  const panel = page.getByRole('complementary', { name: 'Details' });
  const places = new Map([['threads', '/threads']]);

  /** Starts a thread with the keyboard alone, as far as a select allows, and waits for its page. */
  const start = async (name, { of = project, prompt, engine = 'practice', permission }) => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'New thread' });
    await dialog.getByLabel('Project').selectOption(of);
    await dialog.getByLabel('Engine').selectOption(engine);
    if (permission) await dialog.getByLabel('Permission').selectOption(permission);
    await dialog.getByLabel('What the agent is to do').fill(prompt);
    const before = page.url();
    await dialog.getByLabel('What the agent is to do').press('Control+Enter');
    await page.waitForURL((url) => url.href !== before && /^\/threads\/[0-9a-f-]{36}$/.test(url.pathname));
    places.set(name, new URL(page.url()).pathname);
  };
  const status = (name) => head.getByText(name, { exact: true }).waitFor();

  await step('signed in', async () => {
    await page.goto(link);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    assert(!page.url().includes('#'), 'the code is still in the address');
    const [cookie] = await context.cookies();
    assert(cookie.httpOnly && cookie.sameSite === 'Strict', 'the cookie can be stolen');
  });

  await step('saw a run through, offline and reloaded in between', async () => {
    await start('run', { engine: 'command', prompt: 'for n in 1 2 3 4 5 6; do echo "line-$n-$((40+2))"; sleep 1; done; echo "**over-$((40+2))**"' });
    await log.getByText('line-1-42').first().waitFor();
    await context.setOffline(true);
    await page.getByText(/connection is gone|Offline/i).first().waitFor();
    await context.setOffline(false);
    await log.getByText('line-3-42').first().waitFor();
    await page.reload();
    await log.getByText('over-42').first().waitFor();
    await log.getByText('Run completed').waitFor();
    const text = await log.innerText();
    for (let n = 1; n <= 6; n++) assert.equal(text.split(`line-${n}-42`).length, 2, `line ${n} is shown once:\n${text}`);
    await status('completed');
  });

  await step('answered an approval in place', async () => {
    await start('approval', { prompt: 'ask', permission: 'ask' });
    const card = log.getByRole('group', { name: /ls/ });
    await card.waitFor();
    await status('waiting');
    await card.focus();
    await page.keyboard.press('a');
    await log.getByText('Thank you; above is what it printed.').waitFor();
    await log.getByText('Run completed').waitFor();
  });

  await step('queued, changed, reordered and removed follow-ups', async () => {
    await start('queue', { prompt: 'slow 25' });
    await log.getByText('1 of 25.').waitFor();
    const queue = page.getByRole('region', { name: 'Follow-ups' });
    const rows = queue.getByRole('listitem');
    for (const [n, text] of ['first', 'second', 'third'].entries()) {
      await message.fill(`help ${text}`);
      await message.press('Enter');
      await rows.nth(n).waitFor();
    }
    await rows.nth(2).getByRole('button', { name: /Place 3 of 3/ }).press('ArrowUp');
    await rows.nth(1).getByText('help third').waitFor();
    await rows.nth(0).getByRole('button', { name: 'Edit' }).click();
    await queue.getByLabel('Text of the follow-up').fill('help changed');
    await queue.getByLabel('Text of the follow-up').press('Enter');
    await rows.nth(0).getByText('help changed').waitFor();
    await rows.nth(2).getByRole('button', { name: 'Remove' }).click();
    await rows.nth(2).waitFor({ state: 'detached' });
    assert.deepEqual(await rows.locator('[title^="help"]').allInnerTexts(), ['help changed', 'help third']);
  });

  await step('steered the run', async () => {
    await page.getByLabel('While it works').selectOption('steer');
    await message.fill('mind the gap');
    await message.press('Enter');
    await log.getByText('You add “mind the gap”').waitFor();
  });

  await step('sent a follow-up at once, which stopped the run', async () => {
    const rows = page.getByRole('region', { name: 'Follow-ups' }).getByRole('listitem');
    await rows.filter({ hasText: 'help third' }).getByRole('button', { name: /Send now/ }).click();
    await log.getByText('Run cancelled').waitFor();
    await log.getByText('help third', { exact: true }).waitFor();
  });

  await step('stopped a run', async () => {
    await start('stopped', { prompt: 'slow 120' });
    await log.getByText('1 of 120.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await log.getByText('Run cancelled').waitFor();
    await status('cancelled');
  });

  await step('said it otherwise, and switched between the branches', async () => {
    await start('branches', { of: repository, prompt: 'write the first words', permission: 'full' });
    await log.getByText('Run completed').waitFor();
    await status('completed');
    await log.getByText('write the first words', { exact: true }).first().hover();
    await log.getByRole('button', { name: 'Edit and branch' }).click();
    await log.getByLabel('Say it otherwise').fill('write other words');
    await log.getByRole('button', { name: 'Send' }).click();
    await log.getByText('write other words', { exact: true }).first().waitFor();
    await log.getByText('write the first words', { exact: true }).first().waitFor({ state: 'detached' });
    await log.getByText('Run completed').waitFor();
    await status('completed');
    await log.getByText('2 / 2').waitFor();
  });

  await step('put the files back to a checkpoint, and forth again', async () => {
    if (!(await panel.isVisible())) await head.getByRole('button', { name: 'Details' }).click();
    await panel.getByRole('tab', { name: 'Checkpoints' }).click();
    const first = panel.getByRole('list', { name: 'Checkpoints' }).getByRole('listitem').first();
    await first.getByRole('button').first().click();
    await first.getByRole('button', { name: 'Reset to here' }).click();
    await first.getByRole('button', { name: 'Reset', exact: true }).click();
    await first.getByText('files are here').waitFor();
    await panel.getByRole('button', { name: 'Redo' }).click();
    await panel.getByRole('button', { name: 'Redo' }).waitFor({ state: 'detached' });
    await status('completed');
    for (const tab of ['Changes', 'Engine', 'Runs', 'Details']) {
      await panel.getByRole('tab', { name: tab }).click();
      await panel.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    }
  });

  await step('saw a session that has no thread by its events', async () => {
    const made = await page.evaluate(async (of) => {
      const answer = await fetch('/api/sessions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Heddle-Dashboard': '1', 'Idempotency-Key': crypto.randomUUID() },
        body: JSON.stringify({ project: of, prompt: 'echo alone' }),
      });
      return { status: answer.status, body: await answer.text() };
    }, project);
    assert.equal(made.status, 202, made.body);
    await page.goto(`${base}/projects/${project}?session=${JSON.parse(made.body).sessionId}`);
    const drawer = page.getByRole('dialog', { name: 'Session' });
    await drawer.getByText('alone').first().waitFor();
    assert.equal(await drawer.getByRole('log').count(), 0, 'it has no conversation');
    places.set('session', `/sessions/${JSON.parse(made.body).sessionId}`);
  });

  await step('saw a plan and a failure', async () => {
    await start('plan', { prompt: 'plan a change', permission: 'full' });
    await log.getByText('All steps are done.').waitFor();
    await start('failed', { prompt: 'fail' });
    await log.getByText('Run failed').waitFor();
    await start('pending', { prompt: 'ask', permission: 'ask' });
    await log.getByRole('button', { name: /^Allow/ }).first().waitFor();
  });

  // One thread of each state; the others look like them.
  for (const name of ['queue', 'approval', 'stopped']) places.delete(name);
  const tour = [['home', '/'], ...places, ['sessions', '/sessions'], ['projects', '/projects'], ['project', `/projects/${project}`], ['machines', '/machines']];
  await step('looked at every page in both themes', async () => {
    for (const [name, place] of tour) {
      await page.goto(base + place);
      await page.getByRole('main').getByRole('heading').first().waitFor({ state: 'attached' });
      // Rows, or the word that there are none: not the skeleton.
      for (const width of name === 'pending' || shots ? [1440, 390] : [1440]) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          await settled(page);
          const { violations } = await new AxeBuilder({ page }).analyze();
          for (const one of violations) complaints.push(`axe ${name} ${width} ${colorScheme}: ${one.id}: ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].any[0]?.message ?? ''}`);
          if (shots) await page.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png` });
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    }
  });
  assert.deepEqual([...failures, ...new Set(complaints)], []);
  console.log('nothing to complain of on any page');
} finally {
  await browser.close();
}
